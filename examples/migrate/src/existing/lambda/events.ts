// Lambda functions behind the other sources of events.
import type {
  DynamoDBStreamHandler,
  EventBridgeHandler,
  Handler,
  KinesisStreamHandler,
  S3Handler,
  ScheduledHandler,
  SNSHandler,
} from "aws-lambda";

export const welcome: SNSHandler = async ({ Records }) => {
  for (const { Sns } of Records) console.log("welcome", JSON.parse(Sns.Message).id);
};

export const clicks: KinesisStreamHandler = async ({ Records }) => {
  for (const { kinesis } of Records) console.log("click", Buffer.from(kinesis.data, "base64").toString());
};

export const stored: S3Handler = async ({ Records }) => {
  for (const { s3 } of Records) {
    const key = decodeURIComponent(s3.object.key.replace(/\+/g, " "));
    console.log("stored", s3.bucket.name, key, s3.object.size);
  }
};

export const changed: DynamoDBStreamHandler = async ({ Records }) => {
  for (const { eventName, dynamodb } of Records) {
    console.log("changed", eventName, dynamodb?.Keys?.id?.S, dynamodb?.NewImage?.total?.N);
  }
};

export const nightly: ScheduledHandler = async ({ time }) => console.log("report for", time.slice(0, 10));

export const paid: EventBridgeHandler<"payment.settled", { order: string }, void> = async ({ detail }) =>
  console.log("paid", detail.order);

export const quote: Handler<{ sku: string; quantity: number }> = (event, _context, callback) => {
  callback(null, { sku: event.sku, total: event.quantity * 10 });
};
