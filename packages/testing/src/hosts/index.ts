export { type AwsHost, type AwsHostOptions, aws, type InvocationResult } from "./aws.js";
export { type AzureHostOptions, azure } from "./azure.js";
export { type GcpHostOptions, gcp } from "./gcp.js";
export type { Host, HostOptions } from "./host.js";
export { type NodeHostOptions, node } from "./node.js";
export type { ServerHost } from "./server-process.js";
