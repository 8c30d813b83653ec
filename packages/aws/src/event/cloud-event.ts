import type { CloudEvent } from "@portico/core";
import { fromStructured, LazyCloudEvent } from "@portico/core/adapter";
import { asyncInvoke } from "../async-invoke.js";
import type { Cell } from "../messages.js";

/** A CloudEvent in the JSON format: the whole of a direct call, or the text of a message. */
export const structured: Cell<CloudEvent> = {
  capabilities: { ...asyncInvoke, kind: "event", source: "CloudEvent by direct invoke" },
  matches: (event) => {
    const { specversion, id, source, type } = (event ?? {}) as Record<string, unknown>;
    return typeof specversion === "string" && id !== undefined && source !== undefined && type !== undefined;
  },
  read: (event) => {
    const parsed = fromStructured(event);
    return [{ events: [new LazyCloudEvent(parsed, event)], id: parsed.id, native: event }];
  },
};
