import { http } from "@portico/gcp";
import { app } from "../functions.mjs";

http("app", app, { timeoutMs: 1000 });
