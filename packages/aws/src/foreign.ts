import { detect } from "./detect.js";
import { isEnvelope } from "./event/envelope.js";

/**
 * Events that a function of another kind takes, or none: the platform forgets them once the function has answered. Triggers that want an
 * answer which no other kind gives are not among them: Cognito, authorizers, Firehose, Lex, Connect and their like.
 */
const foreign: ReadonlySet<string> = new Set(
  (
    "sqs sns s3 dynamodb kinesis kafka SelfManagedKafka mq amq rmq docdb cloudwatch-logs " +
    "apigw-v1 apigw-v2 function-url alb lattice lattice-v1 websocket durable " +
    "eventbridge schedule ses codecommit lambda@edge"
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

/** What arrived, for a refusal: an event of the bus with its type and source, such as S3's, an array with what is in it. */
export function nameOf(event: unknown): string {
  const name = detect(event);
  if (isEnvelope(event)) return `${name} (${event["detail-type"]} of ${event.source})`;
  return Array.isArray(event) && isForeign(event) ? `${name} (${detect({ Records: event })})` : name;
}
