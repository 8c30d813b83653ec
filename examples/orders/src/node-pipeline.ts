import { serve } from "@portico/node";
import * as pipeline from "./pipeline.js";

const { fulfil, welcome, clicks, invoiceStored, orderChanged, nightlyReport, audit, quote, sink } = pipeline;

// CloudEvents by POST, on Knative for instance, whose PingSource tells the time here.
await serve([fulfil, welcome, clicks, invoiceStored, orderChanged, nightlyReport, audit, quote], {
  schedules: false,
  sink,
});
