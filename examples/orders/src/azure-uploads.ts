import * as azure from "@portico/azure";
import { attachmentStored } from "./attachment-stored.js";
import { app } from "./orders.js";

azure.http("app", app);
azure.object("attachmentStored", attachmentStored, { eventGrid: {} });
