// A Lambda function behind SQS. Its event source mapping has ReportBatchItemFailures.
import type { SQSBatchItemFailure, SQSHandler } from "aws-lambda";

export const handler: SQSHandler = async (event) => {
  const batchItemFailures: SQSBatchItemFailure[] = [];
  for (const record of event.Records) {
    try {
      const order = JSON.parse(record.body);
      if (order.sku === "out-of-stock") throw new Error(`${order.id} is out of stock`);
      console.log("fulfilled", order.id, "attempt", record.attributes.ApproximateReceiveCount);
    } catch (error) {
      console.error("not fulfilled", record.messageId, error);
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
};
