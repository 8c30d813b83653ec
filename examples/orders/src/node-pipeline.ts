import { bearer, serve } from "@portico/node";
import * as pipeline from "./pipeline.js";

const { fulfil, welcome, clicks, invoiceStored, orderChanged, nightlyReport, audit, quote, sink } = pipeline;

// CloudEvents by POST, from those who know the token. A ping starts the report: the clock of this process does not.
await serve([fulfil, welcome, clicks, invoiceStored, orderChanged, nightlyReport, audit, quote], {
  events: { authorize: bearer(process.env.EVENTS_TOKEN), schedules: true },
  schedules: false,
  sink,
});
