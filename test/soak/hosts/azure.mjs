import { http } from "@portico/azure/http";
import { getOrder } from "./functions.mjs";

http("orders", getOrder);
