import { http } from "@portico/aws";
import { app } from "../functions.mjs";

export const buffered = http(app, { timeoutMs: 3000 });
export const streamed = http(app, { timeoutMs: 3000, stream: true });
