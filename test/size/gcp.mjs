import { http } from "@portico/gcp/http";
import { createOrder } from "./function.mjs";

http("create", createOrder);
