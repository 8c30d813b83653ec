import { detect } from "./detect.js";

/** Kinds of events that are forgotten once the function has answered, or that want an answer of their own shape. */
const foreign: ReadonlySet<string> = new Set(
  (
    "sqs sns s3 dynamodb kinesis kafka SelfManagedKafka mq amq rmq docdb cloudwatch-logs " +
    "apigw-v1 apigw-v2 function-url alb lattice lattice-v1 websocket durable"
  ).split(" "),
);

/**
 * Whether an event has the shape of one that a function of another kind should get. A function that takes any JSON would answer it as if
 * all were well, and the platform would forget the messages in it.
 */
export function isForeign(event: unknown): boolean {
  if (!Array.isArray(event)) return foreign.has(detect(event));
  // EventBridge Pipes delivers bare arrays of records.
  return event.length > 0 && foreign.has(detect({ Records: event }));
}
