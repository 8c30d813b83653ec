import * as aws from "@portico/aws";
import { attachmentStored } from "./attachment-stored.js";
import { app as orders } from "./orders.js";

export const app = aws.http(orders);
export const stored = aws.object(attachmentStored);
