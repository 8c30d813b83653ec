import type { CloudEvent } from "@portico/core";
import { LazyCloudEvent, type ParsedCloudEvent } from "@portico/core/adapter";
import { asyncInvoke } from "../async-invoke.js";
import type { Cell } from "../messages.js";
import { type EventBridgeEvent, isEnvelope } from "./envelope.js";

/**
 * EventBridge: the envelope's own names, `detail-type` as the type, the first resource as the subject. All resources, where there are
 * several, are the extension `resources` as JSON; `account`, `region` and `replayname` are extensions too.
 */
export const eventBridge: Cell<CloudEvent> = {
  capabilities: { ...asyncInvoke, kind: "event", source: "EventBridge" },
  matches: isEnvelope,
  read: (event, { awsRequestId }) => {
    const parsed = toParsed(event as EventBridgeEvent, awsRequestId);
    return [{ events: [new LazyCloudEvent(parsed, event)], id: parsed.id, native: event }];
  },
};

function toParsed(envelope: EventBridgeEvent, requestId: string): ParsedCloudEvent {
  const resources = Array.isArray(envelope.resources) ? envelope.resources : [];
  const extensions: Record<string, string> = Object.create(null);
  const { account, region, "replay-name": replay } = envelope;
  if (account) extensions.account = account;
  if (region) extensions.region = region;
  if (replay) extensions.replayname = replay;
  if (resources.length > 1) extensions.resources = JSON.stringify(resources);
  return {
    id: envelope.id || requestId,
    source: envelope.source,
    type: envelope["detail-type"],
    subject: resources[0],
    time: envelope.time,
    datacontenttype: "application/json",
    dataschema: undefined,
    extensions,
    data: { kind: "json", value: envelope.detail },
  };
}
