export { type AzureNative, native } from "./context.js";
export { type AzureHttpHandler, type AzureHttpOptions, http } from "./http.js";
export { setup } from "./setup.js";
