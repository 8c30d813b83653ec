import * as gcp from "@portico/gcp";
import { attachmentStored } from "./attachment-stored.js";
import { app } from "./orders.js";

gcp.http("app", app);
gcp.object("attachmentStored", attachmentStored, { redelivery: true });
