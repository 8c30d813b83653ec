type Shape = Readonly<Record<string, unknown>>;

/** Top-level keys that tell an event by their presence; first match. */
const byKeys: readonly (readonly [name: string, ...keys: string[]])[] = [
  ["durable function", "DurableExecutionArn", "CheckpointToken"],
  ["VPC Lattice v1", "raw_path", "method"],
  ["CloudWatch Logs", "awslogs"],
  ["Firehose transformation", "deliveryStreamArn", "records"],
  ["Kinesis Analytics", "applicationArn", "records"],
  ["Cognito user pool trigger", "triggerSource", "userPoolId"],
  ["Cognito Sync", "datasetName", "identityPoolId"],
  ["S3 Batch", "invocationSchemaVersion", "tasks"],
  ["S3 Object Lambda", "xAmzRequestId", "userRequest"],
  ["AWS Config", "invokingEvent", "resultToken"],
  ["CodePipeline", "CodePipeline.job"],
  ["Secrets Manager rotation", "SecretId", "ClientRequestToken"],
  ["Lex", "bot", "currentIntent"],
  ["Lex", "bot", "sessionState"],
  ["Connect", "Name", "Details"],
  ["Client VPN", "connection-id", "endpoint-id"],
  ["AppSync authorizer", "authorizationToken", "requestContext"],
  ["IoT authorizer", "token", "protocols"],
  ["IoT provisioning", "templateArn", "certificateId"],
  ["IoT 1-Click", "deviceEvent", "deviceInfo"],
  ["IoT button", "serialNumber", "clickType"],
  ["Alexa", "session", "request"],
  ["CloudFormation custom resource", "ResponseURL", "ResourceType"],
  ["EventBridge", "detail-type", "source", "detail"],
  ["CloudEvent", "specversion", "id", "source", "type"],
];

/** What `eventSource` says, in records and at the top level. */
const bySource: Readonly<Record<string, string>> = {
  "aws:sqs": "SQS",
  "aws:sns": "SNS",
  "aws:s3": "S3",
  "aws:dynamodb": "DynamoDB stream",
  "aws:kinesis": "Kinesis",
  "aws:ses": "SES",
  "aws:codecommit": "CodeCommit",
  "aws:kafka": "Kafka",
  SelfManagedKafka: "Kafka",
  "aws:mq": "ActiveMQ",
  "aws:amq": "ActiveMQ",
  "aws:rmq": "RabbitMQ",
  "aws:docdb": "DocumentDB",
};

/**
 * Names the kind of any Lambda event by its shape, for the text of a refusal and for entries that take several kinds: `SQS`,
 * `API Gateway v2`, `WebSocket`, `Lambda@Edge`, `durable function`. A shape that tells nothing is `unknown`.
 */
export function detect(event: unknown): string {
  if (Array.isArray(event)) return "array (EventBridge Pipes, or a direct call)";
  if (!isShape(event)) return `${event === null ? "null" : typeof event} (a direct call)`;
  const { Records, requestContext: context } = event;
  if ("DurableExecutionArn" in event && "CheckpointToken" in event) return "durable function";
  // Authorizers and WebSockets before HTTP, which they look like.
  if ((event.type === "REQUEST" || event.type === "TOKEN") && (event.methodArn ?? event.routeArn))
    return "API Gateway authorizer";
  if (isShape(context)) {
    if (context.elb) return "ALB";
    if (context.connectionId && (context.eventType ?? context.routeKey)) return "WebSocket";
    if (context.http) return String(context.domainName).includes(".lambda-url.") ? "function URL" : "API Gateway v2";
    if (context.serviceArn ?? context.serviceNetworkArn) return "VPC Lattice";
    if (event.httpMethod) return "API Gateway v1";
  }
  if (Array.isArray(Records)) {
    const [record] = Records as unknown[];
    if (!isShape(record)) return "empty list of records";
    if (isShape(record.cf)) return "Lambda@Edge";
    return fromSource(record.eventSource ?? record.EventSource);
  }
  if (typeof event.eventSource === "string") return fromSource(event.eventSource);
  const name = byKeys.find(([, ...keys]) => keys.every((key) => Object.hasOwn(event, key)))?.[0];
  if (name === "EventBridge") return isSchedule(event) ? "schedule" : `EventBridge (${String(event["detail-type"])})`;
  return name ?? "unknown";
}

function isShape(value: unknown): value is Shape {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fromSource(source: unknown): string {
  return Object.hasOwn(bySource, String(source))
    ? (bySource[String(source)] as string)
    : `records of ${String(source)}`;
}

function isSchedule({ "detail-type": type, source }: Shape): boolean {
  return type === "Scheduled Event" && (source === "aws.events" || source === "aws.scheduler");
}
