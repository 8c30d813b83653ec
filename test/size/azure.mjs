import { http } from "@portico/azure/http";
import { createOrder } from "./function.mjs";

http("create", createOrder);
