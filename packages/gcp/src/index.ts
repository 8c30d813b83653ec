export { type GcpNative, native } from "./context.js";
export { type GcpHttpHandler, type GcpHttpOptions, http } from "./http.js";
