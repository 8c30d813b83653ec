import * as aws from "@portico/aws";
import * as pipeline from "./pipeline.js";

const { fulfil, welcome, clicks, invoiceStored, orderChanged, nightlyReport, audit, quote, sink } = pipeline;
const partial = { batchItemFailures: true, sink };

// One Lambda for all, behind as many triggers. The event source mappings have ReportBatchItemFailures.
export const handler = aws.any([fulfil, welcome, clicks, invoiceStored, orderChanged, nightlyReport, audit, quote], {
  queue: partial,
  stream: partial,
  change: partial,
});
