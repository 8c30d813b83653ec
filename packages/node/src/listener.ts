import type { IncomingMessage, ServerResponse } from "node:http";
import { HandlerError, type HttpReply, type Identity, type LogEntry, type LogLevel, reply } from "@portico/core";
import {
  atLeastOne,
  checkNumbers,
  checkOptions,
  chunksInTime,
  createHttpEntry,
  errorFields,
  failedStream,
  isStreamBody,
  logFailure,
  type OptionNames,
  sendReply,
  takeColdStart,
  toBasePath,
  Watchdog,
  whenGiven,
} from "@portico/core/adapter";
import { router } from "@portico/router";
import { formatEntry, type Logging, NodeContext } from "./context.js";
import { createDoor } from "./door.js";
import { createEvents, type Events, type EventsOptions } from "./events.js";
import { type AnyServedFunction, type Served, sortFunctions } from "./functions.js";
import { lingerOver } from "./linger.js";
import { ServerSource } from "./source.js";

/** How functions run behind `node:http`. */
export interface ListenerOptions extends EventsOptions {
  /** Request bodies over this are refused with 413 when they are read. Bytes; default 6 MiB. */
  readonly bodyLimit?: number | undefined;
  /**
   * How long a function may take to the end of its reply: then 504; of a streamed reply that has begun the signal aborts and the connection
   * is cut, and an event stream just ends. Milliseconds; default 60000; 0 for no limit, as streams that last want it.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How many proxies stand in front and are trusted to report the client. `X-Forwarded-For` and `-Proto` are read from the right:
   * each proxy appends to them, so the member that the outermost trusted one wrote is taken, and what stands left of it is the client's
   * own word. Default: 0, nothing is taken from these fields.
   */
  readonly trustedProxies?: number | undefined;
  /**
   * The origin under which clients know the function, such as `https://shop.example.com` behind a proxy: `request.url` has it in
   * place of the `Host` header's. `"forwarded"` takes the host from `X-Forwarded-Host`, as the outermost of the `trustedProxies` wrote it.
   * Default: the `Host` header, which is the client's word.
   */
  readonly publicUrl?: string | undefined;
  /**
   * What stands in front of the functions' paths, such as the `/api` of an ingress: taken off where a path starts with it, and told in
   * `request.basePath`. Default: nothing.
   */
  readonly basePath?: string | undefined;
  /** Who is calling, by whatever checks it in front: a certificate of the socket, say. Default: nobody. */
  readonly identity?: ((request: IncomingMessage) => Identity | undefined) | undefined;
  /** `context.functionName`. Default: the environment variable `K_SERVICE` (Cloud Run, Knative), else `node`. */
  readonly name?: string | undefined;
  /** Log entries below are left out. Default: the environment variable `LOG_LEVEL`, else `info`. */
  readonly logLevel?: LogLevel | undefined;
  /** Makes of an entry the object that is written as one JSON line. Default: `time`, `level`, `message`, ids, and the entry's fields. */
  readonly log?: ((entry: LogEntry, context: NodeContext) => object) | undefined;
}

/** The names of the options of `toNodeListener`. */
export const listenerNames = {
  bodyLimit: true,
  timeoutMs: true,
  trustedProxies: true,
  publicUrl: true,
  basePath: true,
  identity: true,
  name: true,
  logLevel: true,
  log: true,
  events: true,
  eventsPath: true,
  sink: true,
  concurrency: true,
  webhook: true,
} as const satisfies OptionNames<ListenerOptions>;

/** Handles requests of `node:http`. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void;

/** A listener, and what a server needs of it. */
export interface Invoker {
  /**
   * @param waitsForContinue whether the client waits for `100 Continue`
   * @param side what the port that the request came to is for, where events have one of their own
   */
  invoke(
    request: IncomingMessage,
    response: ServerResponse,
    waitsForContinue: boolean,
    side?: "events" | undefined,
  ): Promise<void>;
  /** Where events come in, by a port of their own. */
  readonly eventsAddress: { readonly port: number; readonly host: string | undefined } | undefined;
  /** The invocations under way, work passed to `waitUntil` included. */
  readonly active: Set<NodeContext>;
  readonly served: Served;
  readonly functionName: string;
  readonly logging: Logging;
  readonly watchdog: Watchdog;
  /** Closes connections with their next reply. */
  stop(): void;
}

/**
 * A request listener for a server you have: `createServer(toNodeListener(fn))`, or `app.use(toNodeListener(fn))` in Express, in front of
 * its body parsers. Time-outs, health path and graceful stop are the server's business; `serve` has them.
 *
 * @throws {HandlerError} CONFIG_INVALID when something is not a portable function, two take the same requests, nobody may send the events that a
 *   function needs, or a schedule would never run.
 */
export function toNodeListener(
  functions: AnyServedFunction | readonly AnyServedFunction[],
  options: ListenerOptions = {},
): NodeListener {
  const invoker = createInvoker(functions, options, listenerNames);
  if (invoker.eventsAddress) {
    throw new HandlerError("CONFIG_INVALID", "The option events.port needs a server of its own.", {
      hint: "Use `serve`; or make two listeners, one of the HTTP functions and one of the others, for two servers of yours.",
    });
  }
  const hasSchedule = invoker.served.messages.some(({ trigger }) => trigger.kind === "schedule");
  const startedByEvents = typeof options.events === "object" && options.events.schedules === true;
  if (hasSchedule && !startedByEvents) {
    throw new HandlerError("CONFIG_INVALID", "A listener has no clock, so its schedule functions would never run.", {
      hint: "Use `serve`, or write `events: { ..., schedules: true }` where events start them.",
    });
  }
  return (request, response) => void invoker.invoke(request, response, false);
}

export function createInvoker(
  functions: AnyServedFunction | readonly AnyServedFunction[],
  options: ListenerOptions,
  known: Readonly<Record<string, true>>,
): Invoker {
  checkOptions(options, known);
  checkNumbers(options, { concurrency: atLeastOne });
  if (options.webhook) checkNumbers(options.webhook, { ratePerMinute: atLeastOne }, "webhook.");
  const { bodyLimit, timeoutMs = 60_000, trustedProxies = 0, publicUrl, identity } = options;
  const served = sortFunctions(functions);
  const watchdog = new Watchdog();
  const [first, second] = served.http;
  // Requests that are no events are for nobody, where there is no HTTP function.
  const entry =
    first &&
    createHttpEntry(second ? router(served.http) : first, watchdog, {
      bodyLimit,
      publicUrl,
      trustedProxies,
      leavesWork: true,
      carriesLatin1: true,
    });
  const isNeeded = served.messages.some(({ trigger }) => trigger.kind !== "schedule");
  const door = createDoor(options.events, isNeeded);
  const apart = door?.port !== undefined;
  const beside = served.http.length > 0 && !apart;
  const events =
    door && served.messages.length > 0
      ? createEvents(served.messages, options, { door, bodyLimit, watchdog, beside })
      : undefined;
  const sourceOptions = {
    trustedProxies,
    basePath: toBasePath(options.basePath),
    bodyLimit,
    identity,
  };
  const functionName = options.name ?? process.env.K_SERVICE ?? "node";
  const level = options.logLevel ?? process.env.LOG_LEVEL;
  const logging = { level, format: options.log ?? formatEntry };
  const active = new Set<NodeContext>();
  let stopping = false;

  function isEvent(source: ServerSource, side: "events" | undefined): boolean {
    if (apart && side !== "events") return false;
    try {
      return events?.takes(source) ?? false;
    } catch {
      // A path that is none; the answer for HTTP says so.
      return false;
    }
  }

  function answerHttp(
    source: ServerSource,
    context: NodeContext,
    side: "events" | undefined,
  ): Promise<HttpReply> | HttpReply {
    if (entry && side !== "events") return whenGiven(entry.answer(entry.toRequest(source), context));
    const takesEvents = events !== undefined && (!apart || side === "events");
    const error =
      takesEvents && source.method() === "POST"
        ? new HandlerError(
            "UNSUPPORTED_MEDIA_TYPE",
            "The request holds no CloudEvent, and CloudEvents are all that is taken here.",
          )
        : new HandlerError(
            "NOT_FOUND",
            takesEvents ? "There is nothing here but what takes CloudEvents, by POST." : "There is nothing here.",
          );
    const problem = reply.problem(error);
    logFailure(context, error.message, { status: problem.status });
    return problem;
  }

  async function invoke(
    request: IncomingMessage,
    response: ServerResponse,
    waitsForContinue: boolean,
    side?: "events" | undefined,
  ): Promise<void> {
    const nowMs = Date.now();
    const source = new ServerSource(
      request,
      sourceOptions,
      crypto.randomUUID(),
      functionName,
      nowMs,
      waitsForContinue ? response : undefined,
    );
    const deadlineMs = timeoutMs > 0 && timeoutMs < Number.POSITIVE_INFINITY ? nowMs + timeoutMs : undefined;
    const coldStart = takeColdStart();
    const context = new NodeContext(source, { request, response }, logging, { functionName, deadlineMs, coldStart });
    active.add(context);
    response.on("close", () => {
      if (!response.writableEnded) context["~abort"](new HandlerError("CANCELLED", "The client left."));
    });
    try {
      const answer = await (isEvent(source, side)
        ? (events as Events).answer(source, context)
        : answerHttp(source, context, side));
      const beforeEnd = lingerOver(request, response, waitsForContinue);
      if (stopping) response.shouldKeepAlive = false;
      const timed = isStreamBody(answer.body) ? { ...answer, body: chunksInTime(answer, context, watchdog) } : answer;
      const sent = sendReply(response, source.method(), timed, beforeEnd, (error) => failedStream(error, context));
      if (sent) await sent;
    } catch (error) {
      logFailure(context, "the reply broke off", { status: response.statusCode, error: errorFields(error) });
      response.destroy();
    }
    const work = context["~settle"]();
    if (work) await work;
    active.delete(context);
  }

  return {
    invoke,
    eventsAddress: door?.port === undefined ? undefined : { port: door.port, host: door.host },
    active,
    served,
    functionName,
    logging,
    watchdog,
    stop() {
      stopping = true;
    },
  };
}
