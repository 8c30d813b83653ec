import { serve } from "@portico/node";
import { app } from "../functions.mjs";

await serve(app, { timeoutMs: 1000 });
