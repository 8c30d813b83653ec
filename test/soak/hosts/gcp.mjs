import { http } from "@portico/gcp/http";
import { getOrder } from "./functions.mjs";

http("orders", getOrder);
