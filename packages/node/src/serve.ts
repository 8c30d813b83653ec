import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type AnyScheduleFunction, HandlerError, type Logger } from "@portico/core";
import {
  checkNumbers,
  createLogger,
  milliseconds,
  type NumberRange,
  type OptionNames,
  portNumber,
  takeColdStart,
  toCount,
  toFlatEntry,
  toTimerMs,
} from "@portico/core/adapter";
import { NodeContext, writeLine } from "./context.js";
import type { AnyServedFunction } from "./functions.js";
import { createInvoker, type Invoker, type ListenerOptions, listenerNames } from "./listener.js";
import { refuse } from "./refusal.js";
import { checkSchedules, type SchedulesOptions } from "./schedule-options.js";
import { startSchedules } from "./schedules.js";
import { drain } from "./stop.js";

/** How a server of its own listens, waits and stops, beside how its functions run. */
export interface ServeOptions extends ListenerOptions {
  /** Default: the environment variable `PORT`, else 8080; 0 takes a free one. */
  readonly port?: number | undefined;
  /** The address to listen on. Default: every address. */
  readonly host?: string | undefined;
  /** Answers 200 while serving and 503 once stopping, to GET and HEAD, before any function. Default: `/healthz`; false for none. */
  readonly healthPath?: string | false | undefined;
  /** How long a connection without a request stays open; longer than that of the load balancer in front. Milliseconds; default: 65000. */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** How long the header fields of a request may take. Milliseconds; default: 20000, or `requestTimeoutMs` where that is less. */
  readonly headersTimeoutMs?: number | undefined;
  /** How long a whole request may take, its body included. Milliseconds; default: 300000. */
  readonly requestTimeoutMs?: number | undefined;
  /** Largest header of a request, in bytes; larger ones are refused with 431. Default: 16384. */
  readonly maxHeaderBytes?: number | undefined;
  /**
   * How long a stop may take, in milliseconds: four fifths of it for the requests under way, whose signals abort shortly before their end,
   * and the rest for `onShutdown`. Default: 9000, a margin below the 10 seconds that Cloud Run gives.
   */
  readonly shutdownTimeoutMs?: number | undefined;
  /** Runs when all requests are done: close pools here. */
  readonly onShutdown?: (() => void | Promise<void>) | undefined;
  /**
   * Whether schedule functions run in this process, and how. Every replica that runs them runs each tick, unless `lease` says which; so
   * there is no default: a server with schedule functions needs true, an object, or false where they run elsewhere.
   */
  readonly schedules?: boolean | SchedulesOptions | undefined;
  /** Signals that stop the server and then end the process, with code 0 when nothing was cut off. Default: `SIGTERM`, `SIGINT`; false for none. */
  readonly signals?: readonly NodeJS.Signals[] | NodeJS.Signals | false | undefined;
}

const names = {
  ...listenerNames,
  port: true,
  host: true,
  healthPath: true,
  keepAliveTimeoutMs: true,
  headersTimeoutMs: true,
  requestTimeoutMs: true,
  maxHeaderBytes: true,
  shutdownTimeoutMs: true,
  onShutdown: true,
  schedules: true,
  signals: true,
} satisfies OptionNames<ServeOptions>;

/** A server that is listening. */
export interface Serving {
  /** `http://HOST:PORT`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Where events come in, when they have a port of their own. */
  readonly events: { readonly url: string; readonly port: number; readonly server: Server } | undefined;
  /** Stops as a signal would, without ending the process. False when requests or hooks had to be cut off. */
  close(): Promise<boolean>;
}

/**
 * Serves functions of every kind over plain HTTP, in any container: HTTP functions by their paths, several behind a router; invoke
 * functions by POST at `/` and their name; the others by CloudEvents, as Knative sends them (`eventsPath`), schedules by this process's clock
 * (`schedules`).
 *
 * @throws {HandlerError} CONFIG_INVALID when something is not a portable function, two take the same requests, a schedule can never come,
 *   or `PORT` is no port.
 * @example
 * await serve([createOrder, getOrder], { trustedProxies: 1 });
 */
export async function serve(
  functions: AnyServedFunction | readonly AnyServedFunction[],
  options: ServeOptions = {},
): Promise<Serving> {
  const invoker = createInvoker(functions, options, names);
  checkTimes(options);
  const { healthPath = "/healthz", requestTimeoutMs = 300_000 } = options;
  const { headersTimeoutMs = Math.min(20_000, requestTimeoutMs || 20_000) } = options;
  if (healthPath !== false && !(typeof healthPath === "string" && healthPath.startsWith("/")))
    throw new HandlerError(
      "CONFIG_INVALID",
      `The option healthPath is ${JSON.stringify(healthPath)}, which is no path.`,
      {
        hint: 'Write a path that starts with a slash, such as "/healthz"; `false` for none.',
      },
    );
  const signals = toSignals(options.signals);
  const log = serverLog(options, invoker.functionName);
  let stopSchedules = () => {};
  let stopping: Promise<boolean> | undefined;

  const isHealth = ({ url, method }: IncomingMessage): boolean =>
    healthPath !== false &&
    (method === "GET" || method === "HEAD") &&
    (url === healthPath || (url?.startsWith(`${healthPath}?`) ?? false));
  // An import would read every export of the module, and on Node 22 and later one of them loads all web-standard classes.
  const { createServer } = process.getBuiltinModule("node:http");
  const create = (side?: "events"): Server => {
    const server = createServer({
      keepAliveTimeout: toTimerMs(options.keepAliveTimeoutMs ?? 65_000),
      headersTimeout: toTimerMs(headersTimeoutMs),
      requestTimeout: toTimerMs(requestTimeoutMs),
      maxHeaderSize: options.maxHeaderBytes ?? 16_384,
      connectionsCheckingInterval: Math.min(5_000, Math.max(50, Math.trunc(headersTimeoutMs / 4))),
    });
    const handle = (request: IncomingMessage, response: ServerResponse, waitsForContinue: boolean): void => {
      if (isHealth(request)) answerHealth(response, stopping !== undefined);
      else void invoker.invoke(request, response, waitsForContinue, side);
    };
    server.on("request", (request, response) => handle(request, response, false));
    server.on("checkContinue", (request, response) => handle(request, response, true));
    server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
      const refused = refuse(error, socket);
      if (refused) log.info(`refused: ${error.message}`, { ...refused, code: error.code });
    });
    return server;
  };
  const server = create();
  const { eventsAddress } = invoker;
  const eventsServer = eventsAddress && create("events");

  // First: what is wrong with a schedule must not leave a server behind that listens.
  stopSchedules = await runSchedules(invoker, options, log);
  try {
    await listen(server, options.port ?? portFromEnvironment(), options.host);
    if (eventsServer) await listen(eventsServer, eventsAddress.port, eventsAddress.host ?? options.host);
  } catch (error) {
    stopSchedules();
    server.close();
    throw error;
  }
  const { port, url } = addressOf(server, options.host);
  const events = eventsServer && {
    ...addressOf(eventsServer, eventsAddress.host ?? options.host),
    server: eventsServer,
  };

  const close = (): Promise<boolean> => {
    if (!stopping) {
      stopSchedules();
      for (const signal of signals) process.off(signal, onSignal);
      invoker.stop();
      stopping = drain(
        events ? [server, events.server] : [server],
        invoker.active,
        options.onShutdown,
        options.shutdownTimeoutMs ?? 9_000,
        log,
      );
    }
    return stopping;
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    log.info(`stopping on ${signal}`);
    const stopped = close();
    // Whoever asks twice does not want to wait.
    for (const again of signals) process.once(again, () => process.exit(1));
    void stopped.then((clean) => process.exit(clean ? 0 : 1));
  };
  for (const signal of signals) process.on(signal, onSignal);
  log.info(`listening on ${url}`, events && { events: events.url });
  return { url, port, server, events, close };
}

/** @throws {HandlerError} CONFIG_INVALID when a number cannot be meant, or the header may take longer than the request that it is a part of. */
function checkTimes(options: ServeOptions): void {
  // Node's server takes no fractions of these.
  const whole: NumberRange = { ...milliseconds, is: "a whole number of milliseconds", whole: true };
  checkNumbers(options, {
    keepAliveTimeoutMs: whole,
    headersTimeoutMs: whole,
    requestTimeoutMs: whole,
    shutdownTimeoutMs: milliseconds,
    maxHeaderBytes: { is: "a whole number of bytes", from: 1, to: 2 ** 31 - 1, whole: true },
    port: portNumber,
  });
  const { headersTimeoutMs = 0, requestTimeoutMs = 300_000 } = options;
  if (requestTimeoutMs === 0 || headersTimeoutMs <= requestTimeoutMs) return;
  throw new HandlerError(
    "CONFIG_INVALID",
    `The option headersTimeoutMs is ${headersTimeoutMs}, which is more than requestTimeoutMs, ${requestTimeoutMs}.`,
    {
      hint: "The time of a request has that of its header fields in it: raise requestTimeoutMs, or write 0 for no limit.",
    },
  );
}

/** @throws {HandlerError} CONFIG_INVALID when one is not a signal that a process can take. */
function toSignals(given: ServeOptions["signals"] = ["SIGTERM", "SIGINT"]): readonly NodeJS.Signals[] {
  const signals = given === false ? [] : [given].flat();
  const { constants } = process.getBuiltinModule("node:os");
  for (const signal of signals) {
    if (Object.hasOwn(constants.signals, signal) && signal !== "SIGKILL" && signal !== "SIGSTOP") continue;
    throw new HandlerError(
      "CONFIG_INVALID",
      `The option signals has ${JSON.stringify(signal)}, which is not a signal.`,
      {
        hint: 'Write names such as `["SIGTERM"]`, of signals that a process can take; `false` for none.',
      },
    );
  }
  return signals;
}

async function runSchedules(invoker: Invoker, options: ServeOptions, log: Logger): Promise<() => void> {
  const functions = invoker.served.messages.filter((fn): fn is AnyScheduleFunction => fn.trigger.kind === "schedule");
  const schedules = functions.length === 0 ? undefined : checkSchedules(options.schedules);
  if (!schedules) return () => {};
  const { active, watchdog, functionName, logging } = invoker;
  const createContext = (deadlineMs: number | undefined) =>
    new NodeContext(undefined, undefined, logging, { functionName, deadlineMs, coldStart: takeColdStart() });
  return startSchedules(functions, schedules, { createContext, active, watchdog, sink: options.sink, log });
}

function answerHealth(response: ServerResponse, stopping: boolean): void {
  if (stopping) response.shouldKeepAlive = false;
  const text = stopping ? "stopping" : "ok";
  const headers = { "content-type": "text/plain", "content-length": text.length, "cache-control": "no-store" };
  response.writeHead(stopping ? 503 : 200, headers).end(text);
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function portFromEnvironment(): number {
  const text = process.env.PORT;
  if (text === undefined || text === "") return 8080;
  const port = toCount(text);
  if (port !== undefined && port <= 65_535) return port;
  throw new HandlerError("CONFIG_INVALID", `The environment variable PORT is no port: ${JSON.stringify(text)}.`);
}

function addressOf(server: Server, host: string | undefined): { readonly url: string; readonly port: number } {
  const { port } = server.address() as AddressInfo;
  return { url: `http://${urlHost(host)}:${port}`, port };
}

function urlHost(host: string | undefined): string {
  if (host === undefined || host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function serverLog({ logLevel }: ServeOptions, functionName: string): Logger {
  return createLogger({
    format: ({ time, level, message, fields }) => toFlatEntry({ time, level, message, functionName }, fields),
    level: logLevel ?? process.env.LOG_LEVEL,
    write: writeLine,
  });
}
