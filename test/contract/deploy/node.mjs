import { serve } from "@portico/node";
import { app } from "../functions.mjs";

await serve(app, { host: "127.0.0.1", timeoutMs: 3000 });
