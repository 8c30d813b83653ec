import { http } from "@portico/aws/http";
import { createOrder } from "./function.mjs";

export const handler = http(createOrder);
