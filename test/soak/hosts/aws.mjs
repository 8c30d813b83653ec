import { http } from "@portico/aws/http";
import { getOrder } from "./functions.mjs";

export const handler = http(getOrder);
