export { type AwsHost, type AwsHostOptions, aws, type InvocationResult, type InvokeOptions } from "./aws.js";
export {
  type AzureHost,
  type AzureHostOptions,
  azure,
  type RpcData,
  type RpcRetryContext,
  type TriggerInit,
  type TriggerResult,
} from "./azure.js";
export { type GcpHostOptions, gcp } from "./gcp.js";
export type { Host, HostOptions } from "./host.js";
export { type NodeHostOptions, node } from "./node.js";
export type { ServerHost } from "./server-process.js";
