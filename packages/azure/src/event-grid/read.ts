import { type Capabilities, HandlerError, type Trace } from "@portico/core";
import { fromStructured, type ParsedCloudEvent, parseTraceparent } from "@portico/core/adapter";
import { own, toText } from "../messages/metadata.js";
import { foreign } from "../messages.js";

/** What holds for Event Grid, whatever the kind. */
export const eventGridFacts: Omit<Capabilities, "kind"> = {
  source: "Event Grid",
  batch: false,
  redelivery: "delivery",
  order: "none",
  retryDelay: false,
  deadLetter: "sink-or-redelivery",
  attempt: false,
  deadline: false,
  see: "https://learn.microsoft.com/azure/event-grid/delivery-and-retry",
};

/** An event of Event Grid, whichever of its two schemas it came in. */
export interface GridEvent {
  readonly parsed: ParsedCloudEvent;
  readonly native: unknown;
  readonly trace: () => Trace | undefined;
}

/**
 * Reads what the Event Grid trigger delivers: one event, or a list where the subscription's trigger takes many.
 *
 * @throws {HandlerError} EVENT_UNSUPPORTED when it is of neither schema, EVENT_MALFORMED when it breaks its own.
 * @see https://learn.microsoft.com/azure/event-grid/event-schema
 * @see https://learn.microsoft.com/azure/event-grid/cloud-event-schema
 */
export function readEventGrid(input: unknown): readonly GridEvent[] {
  return (Array.isArray(input) ? input : [input]).map(readOne);
}

function readOne(native: unknown): GridEvent {
  const parsed = own(native, "specversion") === undefined ? fromGridSchema(native) : fromStructured(native);
  const { traceparent, tracestate } = parsed.extensions;
  return { parsed, native, trace: () => parseTraceparent(toText(traceparent), toText(tracestate)) };
}

function fromGridSchema(native: unknown): ParsedCloudEvent {
  const [id, type] = [own(native, "id"), own(native, "eventType")];
  if (type === undefined) throw foreign("An event of Event Grid", native);
  const data = own(native, "data");
  const extensions: Record<string, string> = Object.create(null);
  const version = toText(own(native, "dataVersion"));
  if (version !== undefined) extensions.dataversion = version;
  return {
    id: demand("id", id),
    type: demand("eventType", type),
    // Left out where a publisher sends to a topic of its own; Event Grid fills it in.
    source: toText(own(native, "topic")) ?? "eventgrid",
    subject: toText(own(native, "subject")),
    time: toText(own(native, "eventTime")),
    datacontenttype: undefined,
    dataschema: undefined,
    extensions,
    data: data === undefined ? { kind: "none" } : { kind: "json", value: data },
  };
}

function demand(name: string, value: unknown): string {
  const text = toText(value);
  if (text !== undefined) return text;
  throw new HandlerError("EVENT_MALFORMED", `An event of Event Grid has no ${name}.`);
}
