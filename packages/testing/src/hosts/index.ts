export { type AzureHostOptions, azure } from "./azure.js";
export type { Host, HostOptions } from "./host.js";
