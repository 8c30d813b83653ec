import { isEnvelope, isScheduled } from "./event/envelope.js";

type Shape = Readonly<Record<string, unknown>>;

/** Names by a top-level key that no other event has; first match. One string, since it is in every bundle. */
const byKey =
  "awslogs:cloudwatch-logs deliveryStreamArn:firehose applicationArn:kinesis-analytics triggerSource:cognito datasetName:cognito-sync " +
  "tasks:s3-batch xAmzRequestId:s3-object-lambda invokingEvent:config CodePipeline.job:codepipeline SecretId:secretsmanager bot:lex " +
  "Details:connect connection-id:client-vpn authorizationToken:appsync-authorizer protocols:iot-authorizer templateArn:iot-provisioning " +
  "deviceEvent:iot-1-click clickType:iot-button ResponseURL:cloudformation specversion:cloudevent raw_path:lattice-v1";

/**
 * Names the kind of any Lambda event by its shape, for refusals and for entries that take several kinds: `sqs`, `sns`, `s3`, `kafka`,
 * `apigw-v1`, `apigw-v2`, `function-url`, `alb`, `lattice`, `websocket`, `authorizer`, `lambda@edge`, `durable`, `schedule`,
 * `eventbridge` and more. A shape that tells nothing is `unknown`, with its first keys.
 */
export function detect(event: unknown): string {
  if (!isShape(event)) return Array.isArray(event) ? "array" : event === null ? "null" : typeof event;
  const { Records, requestContext, type } = event;
  if (event.DurableExecutionArn) return "durable";
  // Authorizers and WebSockets before HTTP, which they look like.
  if ((type === "REQUEST" || type === "TOKEN") && (event.methodArn ?? event.routeArn)) return "authorizer";
  if (isShape(requestContext)) {
    const { elb, connectionId, http, domainName, serviceArn, serviceNetworkArn } = requestContext;
    if (elb) return "alb";
    if (connectionId) return "websocket";
    if (isShape(http)) return String(domainName).includes(".lambda-url.") ? "function-url" : "apigw-v2";
    if (serviceArn ?? serviceNetworkArn) return "lattice";
    if (event.httpMethod) return "apigw-v1";
  }
  const first: unknown = Array.isArray(Records) ? Records[0] : event;
  if (!isShape(first)) return "no records";
  // A caller's own JSON may have fields of these names, too.
  if (first !== event && isShape(first.cf)) return "lambda@edge";
  const from = String(first.eventSource ?? first.EventSource);
  if (/^(?:aws:|SelfManagedKafka$)/.test(from)) return from.replace("aws:", "");
  if (isEnvelope(event)) return isScheduled(event) ? "schedule" : "eventbridge";
  for (const pair of byKey.split(" ")) {
    const [key, name] = pair.split(":") as [string, string];
    if (Object.hasOwn(event, key)) return name;
  }
  return `unknown (${Object.keys(event).slice(0, 5).join(", ")})`;
}

function isShape(value: unknown): value is Shape {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
