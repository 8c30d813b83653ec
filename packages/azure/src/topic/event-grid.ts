import type { Capabilities, TopicMessage } from "@portico/core";
import { messageFromParsed } from "@portico/core/adapter";
import { eventGridFacts, readEventGrid } from "../event-grid/read.js";
import type { Cell } from "../messages.js";

export const capabilities: Capabilities = { ...eventGridFacts, kind: "topic" };

/** Events of an Event Grid topic as messages: their data is the payload, further attributes are attributes. */
export const eventGrid: Cell<TopicMessage> = {
  capabilities,
  read: (input) =>
    readEventGrid(input).map(({ parsed, native, trace }) => ({
      event: messageFromParsed("topic", parsed, native),
      trace,
    })),
};
