import type { Capabilities, ScheduleEvent } from "@portico/core";
import { plainEvent } from "@portico/core/adapter";
import { own, toTime } from "../messages/metadata.js";
import { type Cell, foreign } from "../messages.js";

const facts: Capabilities = {
  kind: "schedule",
  source: "Timer",
  batch: false,
  redelivery: "declared",
  requires: "a retry policy, `timer: { retry }`; without one a failed tick is not repeated, the next comes at its time",
  order: "none",
  retryDelay: false,
  deadLetter: "sink-or-redelivery",
  attempt: false,
  deadline: false,
  see: "https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer",
};

export const capabilities = facts;

const lateMs = 60_000;

/**
 * A tick of the timer. Its id is the function's name with the time it was due; without the timer's monitor, which tells that time, the
 * invocation's id.
 */
export function timer(name: string, retried: boolean): Cell<ScheduleEvent> {
  return {
    capabilities: retried ? facts : { ...facts, redelivery: "none" },
    read: (input, { invocationId }) => {
      if (typeof own(input, "isPastDue") !== "boolean") throw foreign("A timer", input);
      const time = new Date();
      const due = toTime(own(own(input, "scheduleStatus"), "next"));
      // Where the app starts with a tick, the next is still to come.
      const scheduledTime = due && due.getTime() <= time.getTime() + lateMs ? due : undefined;
      const event: ScheduleEvent = plainEvent({
        kind: "schedule",
        id: scheduledTime ? `${name}@${scheduledTime.toISOString()}` : invocationId,
        source: name,
        time,
        scheduledTime: scheduledTime ?? time,
        late:
          own(input, "isPastDue") === true ||
          (scheduledTime !== undefined && time.getTime() - scheduledTime.getTime() > lateMs),
        native: input,
        json: async () => null,
      });
      return [{ event, fields: { scheduledTime: event.scheduledTime.toISOString() } }];
    },
  };
}
