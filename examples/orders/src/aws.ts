import * as aws from "@portico/aws";
import { app as orders } from "./orders.js";

export const app = aws.http(orders);
export const streamed = aws.http(orders, { stream: true });
