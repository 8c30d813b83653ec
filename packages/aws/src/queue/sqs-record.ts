/**
 * A message of SQS as Lambda gets it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: SqsSystemAttributes;
  readonly messageAttributes?: Readonly<Record<string, SqsAttribute>> | undefined;
  readonly eventSource: string;
  readonly eventSourceARN: string;
}

/** What SQS itself says of a message. */
interface SqsSystemAttributes {
  readonly ApproximateReceiveCount?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly SentTimestamp?: string | undefined;
  readonly MessageGroupId?: string | undefined;
  readonly SequenceNumber?: string | undefined;
  readonly AWSTraceHeader?: string | undefined;
}

interface SqsAttribute {
  readonly stringValue?: string | undefined;
  /** Base64. */
  readonly binaryValue?: string | undefined;
  readonly dataType: string;
}
