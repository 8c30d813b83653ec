import * as gcp from "@portico/gcp";
import { onChange, onEvent, onMessage, onObject, onPublished, onRecord, onTick, sink } from "../messages-functions.mjs";

const options = { sink, timeoutMs: 200, redelivery: true };

gcp.queue("queue", onMessage, options);
gcp.queue("queueBare", onMessage, { ...options, noWrapper: true });
gcp.queue("tasks", onMessage, { ...options, from: "cloud-tasks" });
gcp.topic("topic", onPublished, options);
gcp.stream("stream", onRecord, options);
gcp.object("object", onObject, options);
gcp.object("objectPushed", onObject, { ...options, unwrap: "pubsub" });
gcp.change("change", onChange, options);
gcp.schedule("schedule", onTick, options);
gcp.schedule("schedulePushed", onTick, { ...options, unwrap: "pubsub" });
gcp.event("event", onEvent, options);
gcp.event("eventPushed", onEvent, { ...options, unwrap: "pubsub" });
