import type { Capabilities, CloudEvent } from "@portico/core";
import { LazyCloudEvent } from "@portico/core/adapter";
import { eventGridFacts, readEventGrid } from "../event-grid/read.js";
import type { Cell } from "../messages.js";

export const capabilities: Capabilities = { ...eventGridFacts, kind: "event" };

/** Events of Event Grid; those of its own schema under the names of CloudEvents: `topic` is `source`, `eventType` is `type`. */
export const eventGrid: Cell<CloudEvent> = {
  capabilities,
  read: (input) =>
    readEventGrid(input).map(({ parsed, native, trace }) => ({
      event: new LazyCloudEvent(parsed, native),
      trace,
    })),
};
