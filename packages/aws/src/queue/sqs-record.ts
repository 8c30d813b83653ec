/**
 * A message of SQS as Lambda gets it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly messageAttributes?: Readonly<Record<string, SqsAttribute>> | undefined;
  readonly eventSource: string;
  readonly eventSourceARN: string;
}

export interface SqsAttribute {
  readonly stringValue?: string | undefined;
  /** Base64. */
  readonly binaryValue?: string | undefined;
  readonly dataType: string;
}
