import type { ScheduleEvent } from "@portico/core";
import { asyncInvoke } from "../async-invoke.js";
import { type EventBridgeEvent, isEnvelope, isScheduled } from "../event/envelope.js";
import type { Cell } from "../messages.js";
import { toDate } from "../time.js";
import { Tick } from "./tick.js";

/** Rules and Scheduler send the same envelope. */
export const scheduled: Cell<ScheduleEvent> = {
  capabilities: { ...asyncInvoke, kind: "schedule", source: "EventBridge rule and Scheduler" },
  matches: (event) => isEnvelope(event) && isScheduled(event),
  read: (event, { awsRequestId }) => {
    const { id = awsRequestId, source, resources, time, detail } = event as EventBridgeEvent;
    const tick = new Tick(id, resources?.[0] ?? source, toDate(time), toInput(detail), event);
    return [{ events: [tick], id, native: event }];
  },
};

/** Scheduler's detail is the text `{}`, a rule's an empty object: neither is an input. */
function toInput(detail: unknown): unknown {
  if (detail === "{}" || detail === undefined) return null;
  const isEmpty = typeof detail === "object" && detail !== null && Object.keys(detail).length === 0;
  return isEmpty ? null : detail;
}
