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
import type { AnyMessages } from "./functions.js";
import { address, pathOf, route, type Subscriber, type Taken, toSubscriber } from "./subscribers.js";

export interface EventsOptions {
  /**
   * Where CloudEvents come in, by POST: each goes to the functions that it is for. Below it every queue, topic, stream, object and change
   * function has a path of its own, `/queue/orders`. Where there is no HTTP function, every other path is that of all. Whoever reaches these can send events: keep them from the public, or say false.
   * Default: `/`, where Knative sends them.
   */
  readonly eventsPath?: string | false | undefined;
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
  readonly bodyLimit: number | undefined;
  readonly watchdog: Watchdog;
  /** Whether there are HTTP functions, whose paths are theirs. */
  readonly beside: boolean;
}

export function createEvents(
  functions: readonly AnyMessages[],
  { eventsPath = "/", sink, concurrency, webhook }: EventsOptions,
  { bodyLimit, watchdog, beside }: EventsHost,
): Events | undefined {
  if (functions.length === 0 || eventsPath === false) return undefined;
  if (!eventsPath.startsWith("/")) {
    throw new HandlerError("CONFIG_INVALID", `The option eventsPath does not begin with a slash: ${eventsPath}.`);
  }
  const subscribers = functions.map((fn) => toSubscriber(fn, { sink, concurrency }, watchdog));
  const base = eventsPath.replace(/\/$/, "");

  /** The functions of a path; undefined for the path of all. */
  const addressed = (path: string): readonly Subscriber[] | undefined => {
    const own = subscribers.filter((one) => pathOf(one) !== undefined && base + pathOf(one) === path);
    if (own.length > 0) return own;
    const isOfAll = path === eventsPath || path === base || (!beside && !isOwnPath(path.slice(base.length)));
    return isOfAll ? undefined : [];
  };

  const run = async (source: HttpSource, context: NodeContext): Promise<HttpReply> => {
    const permission = webhook && answerWebhook(source.method(), (name) => source.header(name), webhook);
    if (permission) return permission;
    const body = await inTime(() => new LazyHttpRequest(source, {}, undefined, bodyLimit).bytes(), context);
    const headerNames = Array.from(source.headerEntries(), ([name]) => name);
    const parsed = parseCloudEvents({ headers: (name) => source.header(name), headerNames, body });
    const own = addressed(source.path());
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
      const own = addressed(source.path());
      return own === undefined || own.length > 0;
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

/** A path that looks like a function's own is not that of all, or a slip in it would go to another function. */
function isOwnPath(path: string): boolean {
  return /^\/(?:queue|topic|stream|object|change)\//.test(path);
}

function isCloudEvent(source: HttpSource): boolean {
  if (/^\s*application\/cloudevents/i.test(source.header("content-type") ?? "")) return true;
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
