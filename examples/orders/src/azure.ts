import * as azure from "@portico/azure";
import { app } from "./orders.js";

azure.http("app", app);
