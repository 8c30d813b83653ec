import * as gcp from "@portico/gcp";
import * as pipeline from "./pipeline.js";

const { fulfil, welcome, clicks, invoiceStored, orderChanged, nightlyReport, audit, quote, sink } = pipeline;

// One module, deployed once for each entry point. All triggers have their retry policy, or are push subscriptions.
gcp.queue("fulfil", fulfil, { redelivery: true, sink });
gcp.topic("welcome", welcome, { redelivery: true });
gcp.stream("clicks", clicks, { redelivery: true });
gcp.object("invoiceStored", invoiceStored, { redelivery: true });
gcp.change("orderChanged", orderChanged, { redelivery: true });
gcp.schedule("nightlyReport", nightlyReport, { redelivery: true });
gcp.event("audit", audit, { redelivery: true });
gcp.invoke("quote", quote);
