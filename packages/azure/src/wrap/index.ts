export type { AzureDelivery } from "./delivery.js";
export type { HostDelivery, HostLong, HostValue } from "./host-value.js";
export { decodeHttpResult, type EncodeHttpOptions, encodeHttp, http, type WrapHttpOptions } from "./http.js";
export type { AzureHandler, Bindings, Registered, WrapOptions } from "./options.js";
export { encodeQueue, queue, type WrapQueueOptions } from "./queue.js";
