import type { FunctionTrigger } from "@azure/functions";
import type { QueueMessage } from "@portico/core";
import { type Carrier, single } from "../delivery.js";
import { fieldsOf, toInt32 } from "../fields.js";
import { type PayloadForm, toPayload } from "../payload.js";

const fields = fieldsOf("A Storage Queue message");
// 64 KiB of Base64, in which the host expects messages by default.
const limit = 48 * 1024;
const weekMs = 7 * 86_400_000;

/** Messages of a Storage Queue. It has no place for anything beside the payload. */
export function storageQueue(trigger: FunctionTrigger, { dataType }: PayloadForm): Carrier<QueueMessage> {
  return {
    trigger,
    many: false,
    async prepare(event) {
      const input = await toPayload(event, { dataType }, fields, limit);
      const facts = {
        ...("string" in input && { QueueTrigger: { text: input.string } }),
        DequeueCount: { json: toInt32(event.attempt) },
        ExpirationTime: { json: later(event.time, weekMs) },
        Id: { text: fields.text("id", event.id) },
        InsertionTime: { json: later(event.time, 0) },
        NextVisibleTime: { json: later(event.time, 600_000) },
        PopReceipt: { text: "portico-not-live" },
      };
      return { event, input, facts, shared: {} };
    },
    join: (parts) => single(parts),
  };
}

function later(time: Date, byMs: number): string {
  fields.time(time);
  const most = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
  return `${fields.time(new Date(Math.min(time.getTime() + byMs, most)))}+00:00`;
}
