import * as gcp from "@portico/gcp";
import * as contract from "../messages-functions.mjs";

/** Registers functions for every source, each with `prefix` before its name in the sources' table. */
export function deploy(functions, timeoutMs, prefix = "") {
  const { onChange, onEvent, onMessage, onObject, onPublished, onRecord, onTick, sink } = functions;
  const options = { sink, timeoutMs, redelivery: true };
  const pushed = { ...options, unwrap: "pubsub" };
  gcp.queue(`${prefix}queue`, onMessage, options);
  gcp.queue(`${prefix}queueBare`, onMessage, { ...options, noWrapper: true });
  gcp.queue(`${prefix}tasks`, onMessage, { ...options, from: "cloud-tasks" });
  gcp.topic(`${prefix}topic`, onPublished, options);
  gcp.stream(`${prefix}stream`, onRecord, options);
  gcp.object(`${prefix}object`, onObject, options);
  gcp.object(`${prefix}objectPushed`, onObject, pushed);
  gcp.change(`${prefix}change`, onChange, options);
  gcp.schedule(`${prefix}schedule`, onTick, options);
  gcp.schedule(`${prefix}schedulePushed`, onTick, pushed);
  gcp.event(`${prefix}event`, onEvent, options);
  gcp.event(`${prefix}eventPushed`, onEvent, pushed);
}

deploy(contract, 200);
