import * as gcp from "@portico/gcp";
import { app } from "./orders.js";

gcp.http("app", app);
