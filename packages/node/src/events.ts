import { HandlerError, type HttpReply, type NeutralEvent, reply, type Sink } from "@portico/core";
import {
  answerWebhook,
  type Disposition,
  errorFields,
  type HttpSource,
  inTime,
  LazyHttpRequest,
  logFailure,
  longestDelay,
  type MessageRecord,
  orderGroup,
  type ParsedCloudEvent,
  parseCloudEvents,
  parseTraceparent,
  type Watchdog,
  type WebhookPermission,
  withDeadline,
} from "@portico/core/adapter";
import type { NodeContext } from "./context.js";
import type { Door, EventDoor } from "./door.js";
import type { AnyMessages } from "./functions.js";
import { address, pathOf, route, type Subscriber, type Taken, toSubscriber } from "./subscribers.js";

export interface EventsOptions {
  /**
   * Who may send events, and where; false for nobody. Needed where there are functions that events reach, since whoever can send them an
   * event starts them. Default: nobody.
   */
  readonly events?: EventDoor | false | undefined;
  /**
   * Where CloudEvents come in, by POST: each goes to the functions that it is for. Below it every queue, topic, stream, object and change
   * function has a path of its own, `/queue/orders`. Where there is no HTTP function on the same port, every other path is that of all.
   * Default: `/`, where Knative sends them.
   */
  readonly eventsPath?: string | undefined;
  /** Takes what can never be done; then the event is acknowledged. Without one it is left to the sender's redelivery. */
  readonly sink?: Sink | undefined;
  /** How many groups, or events without one, of one request run at once. Default: 10. */
  readonly concurrency?: number | undefined;
  /** Who may send CloudEvents, for senders that ask first with OPTIONS, as Azure Event Grid does. Default: nobody. */
  readonly webhook?: WebhookPermission | undefined;
}

/** The side of a server that takes events. */
export interface Events {
  /** Whether a request is an event's, by its path and its header fields. */
  takes(source: HttpSource): boolean;
  /** Resolves in any case: 204 when all is done, 4xx when it is not understood, 5xx when it is to be sent again. */
  answer(source: HttpSource, context: NodeContext): Promise<HttpReply>;
}

/** What taking events needs of the server. */
export interface EventsHost {
  readonly door: Door;
  readonly bodyLimit: number | undefined;
  readonly watchdog: Watchdog;
  /** Whether there are HTTP functions on the same port, whose paths are theirs. */
  readonly beside: boolean;
}

export function createEvents(
  functions: readonly AnyMessages[],
  { eventsPath = "/", sink, concurrency, webhook }: EventsOptions,
  { door, bodyLimit, watchdog, beside }: EventsHost,
): Events {
  if (typeof eventsPath !== "string" || !eventsPath.startsWith("/")) {
    throw new HandlerError("CONFIG_INVALID", `The option eventsPath does not begin with a slash: ${eventsPath}.`, {
      hint: "Write a path such as /events; where no events are taken, write `events: false`.",
    });
  }
  const subscribers = functions
    .filter(({ trigger }) => trigger.kind !== "schedule" || door.schedules)
    .map((fn) => toSubscriber(fn, { sink, concurrency }, watchdog));
  const base = eventsPath.replace(/\/$/, "");

  /** Whether a path looks like a function's own: then it is not that of all, or a slip in it would go to another function. */
  const isOwnPath = (path: string): boolean =>
    path.startsWith(base) && /^\/(?:queue|topic|stream|object|change)\//.test(path.slice(base.length));

  /** Whether a path is for events: of each that could be a function's own, since only who may send events learns which there are. */
  const isOfEvents = (path: string): boolean => !beside || path === eventsPath || path === base || isOwnPath(path);

  /** The functions of a path; undefined for the path of all. @throws {HandlerError} NOT_FOUND when there is none. */
  const addressed = (path: string): readonly Subscriber[] | undefined => {
    const own = subscribers.filter((one) => pathOf(one) !== undefined && base + pathOf(one) === path);
    if (own.length > 0) return own;
    if (!isOwnPath(path)) return undefined;
    throw new HandlerError("NOT_FOUND", `No function here takes events at the path ${path}.`);
  };

  const run = async (source: HttpSource, context: NodeContext): Promise<HttpReply> => {
    const permission = webhook && answerWebhook(source.method(), (name) => source.header(name), webhook);
    if (permission) return permission;
    // A question of a sender that is not wanted, which is no event whatever it holds.
    if (source.method() === "OPTIONS") throw new HandlerError("FORBIDDEN", "This origin may not send events here.");
    const request = new LazyHttpRequest(source, {}, undefined, bodyLimit);
    const refusal = await inTime(() => door.refusal(request, context), context);
    if (refusal) return refusal;
    const own = addressed(source.path());
    const body = await inTime(() => request.bytes(), context);
    const headerNames = Array.from(source.headerEntries(), ([name]) => name);
    const parsed = parseCloudEvents({ headers: (name) => source.header(name), headerNames, body });
    const taken = parsed.flatMap((one) =>
      (own ? address(one, own) : route(one, subscribers)).map((each) => ({ ...each, parsed: one })),
    );
    const results = await Promise.all(
      [...bySubscriber(taken)].map(([{ entry }, records]) => entry.deliver(context, records, { onDelay })),
    );
    return report(results.flat());
  };

  return {
    takes(source) {
      const method = source.method();
      if (method === "OPTIONS" ? !webhook || source.header("webhook-request-origin") === undefined : method !== "POST")
        return false;
      if (method === "POST" && !isCloudEvent(source)) return false;
      return isOfEvents(source.path());
    },
    async answer(source, context) {
      try {
        return await withDeadline(context, watchdog, () => run(source, context));
      } catch (error) {
        const problem = reply.problem(error);
        logFailure(context, HandlerError.is(error) ? error.message : "the event could not be read", {
          status: problem.status,
          error: errorFields(error),
        });
        return problem;
      }
    },
  };
}

function isCloudEvent(source: HttpSource): boolean {
  if (/^[ \t]*application\/cloudevents/i.test(source.header("content-type") ?? "")) return true;
  return ["ce-specversion", "ce-type", "ce-source", "ce-id"].some((name) => source.header(name) !== undefined);
}

function bySubscriber(
  taken: readonly (Taken & { readonly parsed: ParsedCloudEvent })[],
): ReadonlyMap<Subscriber, readonly MessageRecord<NeutralEvent>[]> {
  const all = new Map<Subscriber, MessageRecord<NeutralEvent>[]>();
  for (const { subscriber, event, parsed } of taken) {
    const records = all.get(subscriber) ?? [];
    const { traceparent, tracestate } = parsed.extensions;
    const trace = () => parseTraceparent(toText(traceparent), toText(tracestate));
    records.push({ event, group: orderGroup(event), fields: { kind: event.kind }, trace });
    all.set(subscriber, records);
  }
  return all;
}

const reported = Promise.resolve();

/** The answer says when to send the event again. */
function onDelay(): Promise<void> {
  return reported;
}

function toText(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** Success without a body and without an event: to Knative, a reply with one would be another event. */
function report(dispositions: readonly Disposition[]): HttpReply {
  if (dispositions.every(({ state }) => state === "done")) return reply.empty();
  const seconds = longestDelay(dispositions);
  if (seconds === undefined) return reply.empty({ status: 500 });
  return reply.empty({ status: 503, headers: { "retry-after": String(seconds) } });
}
