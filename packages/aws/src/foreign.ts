import { detect } from "./detect.js";

/** Kinds of events that are forgotten once the function has answered, or that want an answer of their own shape. */
const foreign: ReadonlySet<string> = new Set([
  "SQS",
  "SNS",
  "S3",
  "DynamoDB stream",
  "Kinesis",
  "Kafka",
  "ActiveMQ",
  "RabbitMQ",
  "DocumentDB",
  "CloudWatch Logs",
  "API Gateway v1",
  "API Gateway v2",
  "function URL",
  "ALB",
  "VPC Lattice",
  "VPC Lattice v1",
  "WebSocket",
  "durable function",
]);

/**
 * Whether an event has the shape of one that a function of another kind should get. A function that takes any JSON would answer it as if
 * all were well, and the platform would forget the messages in it.
 */
export function isForeign(event: unknown): boolean {
  if (!Array.isArray(event)) return foreign.has(detect(event));
  // EventBridge Pipes delivers bare arrays of records.
  return event.length > 0 && foreign.has(detect({ Records: event }));
}
