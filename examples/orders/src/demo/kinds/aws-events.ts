import type { Kind, Step } from "./steps.js";
import { due } from "./steps.js";

const region = { awsRegion: "eu-west-1" };
const account = "eu-west-1:123456789012";

/** The bus's envelope, which EventBridge puts around everything it delivers. */
const onBus = (source: string, type: string, resources: readonly string[], detail: unknown, time: string) => ({
  version: "0",
  id: "cdc73f9d-aea9-11e3-9d5a-835b769c0d9c",
  "detail-type": type,
  source,
  account: "123456789012",
  time,
  region: "eu-west-1",
  resources,
  detail,
});

/** Events as Lambda gets them: SQS, SNS, Kinesis, S3, DynamoDB streams, EventBridge, a direct call. */
export const awsEvents: Readonly<Record<Kind, (step: Step) => unknown>> = {
  queue: ({ data, attempt }) => ({
    Records: [
      {
        ...region,
        messageId: `2e1424d4-f796-459a-8184-9c92662be6d${String(data.id).slice(-1)}`,
        receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        body: JSON.stringify(data),
        attributes: { ApproximateReceiveCount: String(attempt), SentTimestamp: "1741140000000" },
        messageAttributes: {},
        eventSource: "aws:sqs",
        eventSourceARN: `arn:aws:sqs:${account}:orders`,
      },
    ],
  }),
  topic: ({ data }) => ({
    Records: [
      {
        EventVersion: "1.0",
        EventSource: "aws:sns",
        EventSubscriptionArn: `arn:aws:sns:${account}:order-placed:21be56ed-a058-49f5-8c98-aedd2564c486`,
        Sns: {
          Type: "Notification",
          MessageId: "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
          TopicArn: `arn:aws:sns:${account}:order-placed`,
          Subject: null,
          Message: JSON.stringify(data),
          Timestamp: "2025-03-05T02:00:00.000Z",
          SignatureVersion: "1",
          MessageAttributes: {},
        },
      },
    ],
  }),
  stream: ({ data }) => ({
    Records: [
      {
        ...region,
        kinesis: {
          kinesisSchemaVersion: "1.0",
          partitionKey: data.visitor,
          sequenceNumber: "49590338271490256608559692538361571095921575989136588898",
          data: Buffer.from(String(data.page)).toString("base64"),
          approximateArrivalTimestamp: 1741140000.123,
        },
        eventSource: "aws:kinesis",
        eventVersion: "1.0",
        eventID: "shardId-000000000006:49590338271490256608559692538361571095921575989136588898",
        eventName: "aws:kinesis:record",
        eventSourceARN: `arn:aws:kinesis:${account}:stream/clicks`,
      },
    ],
  }),
  object: ({ data }) => ({
    Records: [
      {
        ...region,
        eventVersion: "2.1",
        eventSource: "aws:s3",
        eventTime: "2025-03-05T02:00:00.000Z",
        eventName: "ObjectCreated:Put",
        userIdentity: { principalId: "AWS:AIDAINPONIXQXHT3IKHL2" },
        responseElements: { "x-amz-request-id": "C3D13FE58DE4C810", "x-amz-id-2": "FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG" },
        s3: {
          s3SchemaVersion: "1.0",
          bucket: { name: data.bucket, arn: `arn:aws:s3:::${data.bucket}` },
          // S3 writes keys as forms do.
          object: {
            key: encodeURIComponent(String(data.key)).replaceAll("%2F", "/").replaceAll("%20", "+"),
            size: data.size,
            eTag: "d41d8cd98f00b204e9800998ecf8427e",
            sequencer: "0055AED6DCD90281E5",
          },
        },
      },
    ],
  }),
  change: ({ data }) => ({
    Records: [
      {
        ...region,
        eventID: "f07f8ca4b0b26cb9c4e5e77e69f274ee",
        eventName: "INSERT",
        eventVersion: "1.1",
        eventSource: "aws:dynamodb",
        dynamodb: {
          ApproximateCreationDateTime: 1741140000,
          Keys: { id: { S: data.id } },
          NewImage: { id: { S: data.id }, total: { N: String(data.total) } },
          SequenceNumber: "1405400000000002063282832",
          SizeBytes: 54,
          StreamViewType: "NEW_AND_OLD_IMAGES",
        },
        eventSourceARN: `arn:aws:dynamodb:${account}:table/orders/stream/2025-03-01T00:00:00.000`,
      },
    ],
  }),
  // EventBridge writes whole seconds.
  schedule: () =>
    onBus(
      "aws.scheduler",
      "Scheduled Event",
      [`arn:aws:scheduler:${account}:schedule/default/nightly`],
      "{}",
      due.replace(".000", ""),
    ),
  event: ({ data }) => onBus("com.example.shop", "com.example.payment.settled", [], data, "2025-03-05T02:00:00Z"),
  invoke: ({ data }) => data,
};
