import { serve } from "@portico/node";
import { attachmentStored } from "./attachment-stored.js";
import { app } from "./orders.js";

await serve([app, attachmentStored]);
