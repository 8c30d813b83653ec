import { http } from "@portico/azure";
import { app } from "../functions.mjs";

http("app", app, { authLevel: "anonymous", timeoutMs: 1000 });
