import type { Request, Response } from "@google-cloud/functions-framework";
import type {
  Capabilities,
  HttpReply,
  LogLevel,
  NeutralEvent,
  Outcome,
  PortableFunction,
  Sink,
  Trigger,
} from "@portico/core";
import {
  answerWebhook,
  atLeastOne,
  byteCount,
  checkNumbers,
  createMessageEntry,
  type Delivery,
  fromParsed,
  inTime,
  LazyHttpRequest,
  type MessageRecord,
  type OptionNames,
  orderGroup,
  type ParsedCloudEvent,
  sendReply,
  takeColdStart,
  toBytes,
  type WebhookPermission,
} from "@portico/core/adapter";
import { createReport, refuse, unsupported } from "./answer.js";
import { Arrival } from "./arrival.js";
import { GcpContext } from "./context.js";
import { GcpSource } from "./http/source.js";
import { checkName, executionId, type GcpHandler, platformTimeoutMs, registerHandler } from "./registration.js";
import { begin, end, isStopping } from "./stop.js";

/** What every entry for messages takes. */
export interface MessageOptions<E extends NeutralEvent> {
  /**
   * Whether what fails is delivered again: a push subscription does so, an event trigger only with its retry policy, a scheduled job only
   * with a retry count. The request does not show it. Without it a failure drops the event, which is logged once. Default: false.
   */
  readonly redelivery?: boolean | undefined;
  /** Takes what can never be done; then the event is acknowledged. Without one it is left to redelivery. Cloud Tasks demands one. */
  readonly sink?: Sink<E> | undefined;
  /** How many groups, or events without one, of one CloudEvents batch run at once. Default: 10. */
  readonly concurrency?: number | undefined;
  /**
   * How long the function may take, in milliseconds, since Google does not tell. Default: the environment variable
   * `CLOUD_RUN_TIMEOUT_SECONDS` where it is set, else 300000; 0 for no limit.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * The acknowledgement deadline of the push subscription: after it Pub/Sub delivers again, while the first delivery still runs. Given, the
   * function is given up before. Seconds, 10 to 600; Pub/Sub's own default is 10. Default: `timeoutMs` alone counts.
   */
  readonly ackDeadlineSeconds?: number | undefined;
  /** Longest request body, in bytes; longer ones are refused with 413. Default: 32 MiB, what Cloud Run takes. */
  readonly bodyLimit?: number | undefined;
  /** The project that traces are in, so that log entries are linked to them. Default: the environment variable `GOOGLE_CLOUD_PROJECT`. */
  readonly projectId?: string | undefined;
  /** Entries below are not written. Default: the environment variable `LOG_LEVEL`, else `info`. */
  readonly logLevel?: LogLevel | undefined;
}

/** The names of the options that every entry for messages takes. */
export const messageNames = {
  redelivery: true,
  sink: true,
  concurrency: true,
  timeoutMs: true,
  ackDeadlineSeconds: true,
  bodyLimit: true,
  projectId: true,
  logLevel: true,
} as const satisfies OptionNames<MessageOptions<never>>;

/** One event that a request brings. */
export type NativeRecord<E extends NeutralEvent> = MessageRecord<E>;

/** A source of one kind of event on Google Cloud. Both ways give undefined for what is another source's. */
export interface Cell<E extends NeutralEvent> {
  readonly capabilities: Capabilities;
  /** The event of a request that is known by its header fields or its body. */
  fromRequest?(arrival: Arrival): NativeRecord<E> | undefined;
  /** The event of a CloudEvent. */
  fromEvent?(event: ParsedCloudEvent, arrival: Arrival): NativeRecord<E> | undefined;
}

type Taken<E extends NeutralEvent> = NativeRecord<E> & { readonly cell: Cell<E> };

/**
 * Registers a message function with the functions framework, as an HTTP function: every way in which Google delivers an event is a request.
 *
 * @throws {HandlerError} CONFIG_INVALID when the function is of another kind, the name or an option is wrong, or a source demands a sink.
 */
export function registerMessages<T extends Trigger, E extends NeutralEvent>(
  kind: E["kind"],
  name: string,
  fn: PortableFunction<T, never, Outcome>,
  cells: readonly Cell<E>[],
  options: MessageOptions<E> & { readonly webhook?: WebhookPermission | undefined },
): GcpHandler {
  checkName(name);
  checkNumbers(options, {
    ackDeadlineSeconds: { is: "a number of seconds", from: 10, to: 600 },
    bodyLimit: byteCount,
  });
  if (options.webhook) checkNumbers(options.webhook, { ratePerMinute: atLeastOne }, "webhook.");
  const sources = cells.map(({ capabilities }) => capabilities);
  // What takes too long is delivered again while it still runs here.
  const entry = createMessageEntry<E>(kind, fn, options, { sources, overlaps: true });
  const { bodyLimit = 32 * 1024 * 1024, projectId = process.env.GOOGLE_CLOUD_PROJECT } = options;
  const limitMs = Math.min(
    (options.timeoutMs ?? platformTimeoutMs()) || Number.POSITIVE_INFINITY,
    (options.ackDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1000,
  );
  const sourceOptions = { bodyLimit, trustedProxies: 1, basePath: "", trust: [] };
  const logLevel = options.logLevel ?? process.env.LOG_LEVEL;
  const report = createReport(options.redelivery);
  let region: string | undefined;

  const run = async (source: GcpSource, request: Request, context: GcpContext): Promise<HttpReply> => {
    const permission =
      options.webhook && answerWebhook(source.method(), (name) => source.header(name), options.webhook);
    if (permission) return permission;
    const given = source.body();
    const body =
      given instanceof Uint8Array
        ? toBytes(given)
        : await inTime(() => new LazyHttpRequest(source, {}, undefined, bodyLimit).bytes(), context);
    const records = take(kind, new Arrival(request, source, body, source.time()), cells);
    return report(records, await entry.deliver(context, records, { onDelay }), context);
  };

  return registerHandler(name, async (request: Request, response: Response): Promise<void> => {
    const nowMs = Date.now();
    const deadlineMs = nowMs + limitMs;
    const source = new GcpSource(request, sourceOptions, executionId(request), name, nowMs);
    const native = { request, response };
    region ??= process.env.FUNCTION_REGION;
    const coldStart = takeColdStart();
    const init = { native, source, functionName: name, region, deadlineMs, coldStart, projectId, logLevel };
    const context = new GcpContext(init);
    begin(context, request);
    const answer = await entry
      .run(context, () => run(source, request, context))
      .catch((error: unknown) => refuse(error, context));
    if (isStopping()) response.shouldKeepAlive = false;
    await sendReply(response, source.method(), answer);
    end(context);
  });
}

const reported = Promise.resolve();

/** Cloud Tasks reads a delay from the answer; the other sources do not. */
function onDelay<E extends NeutralEvent>({ record }: Delivery<E>): Promise<void> | undefined {
  return (record as Taken<E>).cell.capabilities.retryDelay === true ? reported : undefined;
}

/**
 * The events of a request, each with its source.
 *
 * @throws {HandlerError} EVENT_UNSUPPORTED when one of them is none that the function takes: an answer of success would delete it.
 */
function take<E extends NeutralEvent>(kind: E["kind"], arrival: Arrival, cells: readonly Cell<E>[]): Taken<E>[] {
  for (const cell of cells) {
    const record = cell.fromRequest?.(arrival);
    if (record) return [{ ...record, cell }];
  }
  const { events } = arrival;
  if (!events) throw unsupported(kind, arrival.what, arrival.isEvent);
  return events.map((event) => {
    for (const cell of cells) {
      const record = cell.fromEvent?.(event, arrival);
      if (record) return { ...record, cell };
    }
    // What `toCloudEvent` made of an event of this kind, wherever it came from.
    const neutral = event.type.startsWith("dev.portico.") ? fromParsed(event, event) : undefined;
    if (neutral?.kind === kind) {
      return { event: neutral as NeutralEvent as E, group: orderGroup(neutral), cell: cells[0] as Cell<E> };
    }
    throw unsupported(kind, `a CloudEvent of the type ${event.type}`, true);
  });
}
