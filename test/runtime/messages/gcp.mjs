import * as gcp from "@portico/gcp";
import * as functions from "./functions.mjs";

const sink = async (message, reason) => process.stdout.write(`sunk ${message.id} ${reason}\n`);

gcp.queue("work", functions.work, { redelivery: true, timeoutMs: 3_000 });
gcp.queue("tasks", functions.work, { from: "cloud-tasks", sink });
gcp.topic("news", functions.news);
gcp.stream("track", functions.track);
gcp.object("files", functions.files);
gcp.change("documents", functions.documents);
gcp.event("audit", functions.audit);
gcp.schedule("nightly", functions.nightly);
gcp.invoke("quote", functions.quote);
