import {
  type ChangeEvent,
  type CloudEvent,
  HandlerError,
  type NeutralEvent,
  type ObjectEvent,
  type ScheduleEvent,
} from "@portico/core";
import {
  createMessageEntry,
  fromParsed,
  type MessageEntry,
  type MessageEntryOptions,
  messageFromParsed,
  type ParsedCloudEvent,
  passesFilter,
  plainEvent,
  toRawJson,
  type Watchdog,
} from "@portico/core/adapter";
import type { AnyMessages } from "./functions.js";

/** A function that events are for. */
export interface Subscriber {
  readonly fn: AnyMessages;
  readonly kind: string;
  /** Of its queue, topic, stream, bucket or table; undefined for kinds without one. */
  readonly name: string | undefined;
  readonly entry: MessageEntry<NeutralEvent>;
}

/** One event for one function. */
export interface Taken {
  readonly subscriber: Subscriber;
  readonly event: NeutralEvent;
}

/** `watchdog` is the server's, under which several functions may get the events of one request. */
export function toSubscriber(
  fn: AnyMessages,
  options: MessageEntryOptions<NeutralEvent>,
  watchdog: Watchdog,
): Subscriber {
  const { kind, ...rest } = fn.trigger as { readonly kind: string } & Readonly<Record<string, unknown>>;
  const name = rest.queue ?? rest.topic ?? rest.stream ?? rest.bucket ?? rest.table;
  // What takes too long is sent again while it still runs here.
  const entry = createMessageEntry<NeutralEvent>(kind, fn, options, { sources: [], overlaps: true, watchdog });
  return { fn, kind, name: typeof name === "string" ? name : undefined, entry };
}

/** The path of a function's own, below that of all events: `/queue/orders`; undefined for kinds without a name. */
export function pathOf({ kind, name }: Subscriber): string | undefined {
  return name === undefined ? undefined : `/${kind}/${encodeURIComponent(name)}`;
}

/**
 * Gives an event to all that it is for. What `toCloudEvent` made goes to functions of its kind: to those of its name, or to the only one.
 * Any other goes to the event functions whose filter it passes; where there is none, it is a message for the function that is named as the
 * last part of its source, or for the only one that takes messages.
 *
 * @throws {HandlerError} EVENT_UNSUPPORTED when it is for nobody: an answer of success would delete it.
 */
export function route(parsed: ParsedCloudEvent, subscribers: readonly Subscriber[]): readonly Taken[] {
  const neutral = fromParsed(parsed, parsed);
  const taken =
    neutral.kind === "event" ? routeEvent(neutral, parsed, subscribers) : routeCarried(neutral, subscribers);
  if (taken.length > 0) return taken;
  throw new HandlerError(
    "EVENT_UNSUPPORTED",
    `No function here takes a CloudEvent of the type ${parsed.type} from ${parsed.source}.`,
    { hint: "Send it to a function's own path, such as /queue/NAME, or declare an event function for its type." },
  );
}

/** Gives an event to functions at their own path. @throws {HandlerError} EVENT_UNSUPPORTED when it is none of their kind. */
export function address(parsed: ParsedCloudEvent, subscribers: readonly Subscriber[]): readonly Taken[] {
  const neutral = fromParsed(parsed, parsed);
  return subscribers.map((subscriber) => {
    const { kind } = subscriber;
    if (neutral.kind === kind) return { subscriber, event: neutral };
    if (neutral.kind === "event" && isMessageKind(kind))
      return { subscriber, event: messageFromParsed(kind, parsed, parsed) };
    const message = `An event of kind ${kind} was expected, and this is: a CloudEvent of the type ${parsed.type}.`;
    throw new HandlerError("EVENT_UNSUPPORTED", message);
  });
}

function routeCarried(event: NeutralEvent, subscribers: readonly Subscriber[]): readonly Taken[] {
  const ofKind = subscribers.filter(({ kind }) => kind === event.kind);
  const named = ofKind.filter(({ name }) => name !== undefined && names(event).includes(name));
  const takers = named.length > 0 || ofKind.length > 1 ? named : ofKind;
  return takers.map((subscriber) => ({ subscriber, event }));
}

function routeEvent(event: CloudEvent, parsed: ParsedCloudEvent, subscribers: readonly Subscriber[]): readonly Taken[] {
  const takers = subscribers.filter(({ kind, fn }) => kind === "event" && passesFilter(fn.trigger as never, event));
  if (takers.length > 0) return takers.map((subscriber) => ({ subscriber, event }));
  const ticks = subscribers.filter(({ kind }) => kind === "schedule");
  if (parsed.type === "dev.knative.sources.ping" && ticks.length === 1) {
    return ticks.map((subscriber) => ({ subscriber, event: toTick(event, parsed) }));
  }
  const messages = subscribers.filter(({ kind }) => isMessageKind(kind));
  const named = messages.filter(({ name }) => name === lastPart(event.source));
  const only = subscribers.length === 1 ? messages : named;
  return only.map((subscriber) => ({
    subscriber,
    event: messageFromParsed(subscriber.kind as "queue", parsed, parsed),
  }));
}

function isMessageKind(kind: string): kind is "queue" | "topic" | "stream" {
  return kind === "queue" || kind === "topic" || kind === "stream";
}

/** What an event says it belongs to. */
function names(event: NeutralEvent): readonly (string | undefined)[] {
  if (event.kind === "object") return [(event as ObjectEvent).bucket];
  if (event.kind === "change") return [(event as ChangeEvent).table];
  return [event.source, lastPart(event.source)];
}

function lastPart(source: string): string | undefined {
  return source.split(/[/:#]/).pop();
}

/** A tick of Knative's PingSource. @see https://knative.dev/docs/eventing/sources/ping-source/ */
function toTick({ id, source, time, native }: CloudEvent, { data }: ParsedCloudEvent): ScheduleEvent {
  const json = async () => {
    if (data.kind === "json") return data.value;
    return data.kind === "none" ? null : toRawJson(data.kind === "text" ? data.text : data.bytes);
  };
  const late = Date.now() - time.getTime() > 60_000;
  return plainEvent({ kind: "schedule", id, source, time, native, scheduledTime: time, late, json });
}
