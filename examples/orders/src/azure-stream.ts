import * as azure from "@portico/azure";
import { app } from "./orders.js";

azure.setup({ enableHttpStream: true });
azure.http("app", app);
