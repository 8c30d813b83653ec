import { serve } from "@portico/node";
import { app } from "./orders.js";

await serve(app);
