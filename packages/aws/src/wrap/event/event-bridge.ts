import type { CloudEvent } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { type EventBridgeEnvelope, toEnvelope } from "../envelope.js";
import type { Origin } from "../origin.js";
import { requireText, requireTime } from "../text.js";
import { toJsonData } from "./data.js";

const carrier = "An event of EventBridge";

/** A CloudEvent in EventBridge's envelope, by the names under which it is read back. */
export async function toEventBridge(event: CloudEvent, origin: Origin): Promise<EventBridgeEnvelope> {
  const { account, region, replayname } = event.extensions;
  const time = requireTime(carrier, event.time);
  const envelope = toEnvelope(
    {
      id: requireText(carrier, "id", event.id),
      "detail-type": requireShort("type", event.type, 128),
      source: requireShort("source", event.source, 256),
      // Every digit of it, where it was told.
      time: event.timestamp ?? new Date(time).toISOString(),
      resources: toResources(event),
      detail: await toJsonData(carrier, event),
    },
    { accountId: toText(account) ?? origin.accountId, region: toText(region) ?? origin.region },
  );
  return toText(replayname) === undefined ? envelope : { ...envelope, "replay-name": String(replayname) };
}

function requireShort(field: string, text: string, most: number): string {
  if (requireText(carrier, field, text).length <= most) return text;
  throw unencodable(carrier, field, `it is longer than ${most} characters`);
}

function toText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The subject is the first of them; several are an extension, as JSON. */
function toResources({ subject, extensions: { resources } }: CloudEvent): string[] {
  const listed = parseList(resources);
  if (listed && listed[0] === subject) return listed;
  return subject === undefined ? [] : [subject];
}

function parseList(text: unknown): string[] | undefined {
  try {
    const list: unknown = JSON.parse(String(text));
    return Array.isArray(list) && list.length > 1 && list.every((one) => typeof one === "string") ? list : undefined;
  } catch {
    return undefined;
  }
}
