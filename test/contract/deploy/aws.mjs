import { http } from "@portico/aws";
import { app } from "../functions.mjs";

export const buffered = http(app, { timeoutMs: 1000 });
export const streamed = http(app, { timeoutMs: 1000, stream: true });
