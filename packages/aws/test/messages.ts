import { createHash } from "node:crypto";
import type { EventBridgeEvent, S3EventRecord, SNSEventRecord, SNSMessage, SQSRecord } from "aws-lambda";

export const queueArn = "arn:aws:sqs:eu-west-1:123456789012:orders";
export const topicArn = "arn:aws:sns:eu-west-1:123456789012:order-placed";

/** A message of a standard queue, as an event source mapping delivers it. */
export function sqsRecord(
  messageId: string,
  body = "{}",
  over: Partial<Omit<SQSRecord, "attributes">> & { attributes?: Partial<SQSRecord["attributes"]> } = {},
): SQSRecord {
  return {
    messageId,
    receiptHandle: `receipt-${messageId}`,
    body,
    messageAttributes: {},
    md5OfBody: createHash("md5").update(body).digest("hex"),
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: "eu-west-1",
    ...over,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1545082649183",
      SenderId: "AIDAIENQZJOLO23YVJ4VO",
      ApproximateFirstReceiveTimestamp: "1545082649185",
      ...over.attributes,
    },
  };
}

/** A message of a FIFO queue. */
export function fifoRecord(messageId: string, group: string, body = "{}"): SQSRecord {
  return sqsRecord(messageId, body, {
    eventSourceARN: `${queueArn}.fifo`,
    attributes: { MessageGroupId: group, SequenceNumber: "18849496460467696128", MessageDeduplicationId: messageId },
  });
}

export const sqsEvent = (...Records: SQSRecord[]) => ({ Records });

/** What the failure report of a mapping with ReportBatchItemFailures holds. */
export const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

/** A message of a topic, as Lambda gets it. */
export function snsRecord(MessageId: string, Message: string, over: Partial<SNSMessage> = {}): SNSEventRecord {
  return {
    EventVersion: "1.0",
    EventSource: "aws:sns",
    EventSubscriptionArn: `${topicArn}:21be56ed-a058-49f5-8c98-aedd2564c486`,
    Sns: {
      SignatureVersion: "1",
      Timestamp: "2019-01-02T12:45:07.000Z",
      Signature: "tcc6faL2yUC6dgZdmrwh1Y4cGa",
      SigningCertUrl: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-ac565b8b.pem",
      MessageId,
      Message,
      MessageAttributes: {},
      Type: "Notification",
      UnsubscribeUrl: `https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${topicArn}`,
      TopicArn: topicArn,
      Subject: null as unknown as string,
      ...over,
    },
  };
}

/** The same as the text of a queue's message: other names for the two URLs, and no subject where there is none. */
export function snsText(MessageId: string, Message: string, over: Record<string, unknown> = {}): string {
  const {
    SigningCertUrl,
    UnsubscribeUrl,
    Subject: _,
    MessageAttributes: __,
    ...rest
  } = snsRecord(MessageId, Message).Sns;
  return JSON.stringify({ ...rest, SigningCertURL: SigningCertUrl, UnsubscribeURL: UnsubscribeUrl, ...over });
}

/** A notification of S3. */
export function s3Record(
  key: string,
  eventName = "ObjectCreated:Put",
  object: Partial<S3EventRecord["s3"]["object"]> = {},
): S3EventRecord {
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: "eu-west-1",
    eventTime: "2026-01-02T03:04:05.678Z",
    eventName,
    userIdentity: { principalId: "AWS:AIDAINPONIXQXHT3IKHL2" },
    requestParameters: { sourceIPAddress: "205.255.255.255" },
    responseElements: { "x-amz-request-id": "D82B88E5F771F645", "x-amz-id-2": "vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQ" },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: "828aa6fc-f7b5-4305-8584-487c791949c1",
      bucket: { name: "uploads", ownerIdentity: { principalId: "A3I5XTEXAMAI3E" }, arn: "arn:aws:s3:::uploads" },
      object: {
        key,
        size: 1305107,
        eTag: "b21b84d653bb07b05b1e6b33684dc11b",
        sequencer: "0C0F6F405D6ED209E1",
        ...object,
      },
    },
  };
}

/** An event of EventBridge. */
export function busEvent(
  type: string,
  detail: unknown,
  over: Partial<EventBridgeEvent<string, unknown>> = {},
): EventBridgeEvent<string, unknown> {
  return {
    version: "0",
    id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": type,
    source: "com.example.orders",
    account: "123456789012",
    time: "2026-01-02T03:04:05Z",
    region: "eu-west-1",
    resources: [],
    detail,
    ...over,
  };
}

/** An S3 event on the bus. */
export function s3BusEvent(type: string, key: string, detail: Record<string, unknown> = {}) {
  const object = {
    key,
    size: 5,
    etag: "b1946ac92492d2347c6235b4d2611184",
    "version-id": "IYV3p45BT0ac8hjHg",
    sequencer: "00617F08299329D189",
  };
  return busEvent(
    type,
    {
      version: "0",
      bucket: { name: "uploads" },
      object,
      "request-id": "N4N7GDK58NMKJ12R",
      reason: "PutObject",
      ...detail,
    },
    { source: "aws.s3", resources: ["arn:aws:s3:::uploads"] },
  );
}
