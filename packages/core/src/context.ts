import type { Deadline } from "./deadline.js";
import { createLogger, errorFields, type LogFields, type Logger } from "./log.js";
import { newTrace, type Trace } from "./trace.js";

/** What a function knows about the invocation it runs in; the same on every platform. */
export interface Context {
  /** The platform's own id of this invocation. */
  readonly id: string;
  /** The name the function is deployed or registered under. */
  readonly functionName: string;
  /** `aws`, `azure`, `gcp`, `node`, or `local` for a function called without a platform. */
  readonly platform: string;
  /** Where it runs, as the platform spells it; undefined when it does not say. */
  readonly region: string | undefined;
  /** When the platform will end this invocation; undefined when it does not say and no option does. */
  readonly deadline: Date | undefined;
  /** Milliseconds until the deadline, never negative; Infinity when there is none. */
  readonly remainingMs: () => number;
  /** Aborts shortly before the deadline, when the client leaves, and on shutdown. */
  readonly signal: AbortSignal;
  /** The caller's trace, or a new one where the caller sent none. */
  readonly trace: Trace;
  /** Writes one JSON line per entry, in the shape that the platform's log service parses. */
  readonly log: Logger;
  /** Work that may go on beside the reply: it is settled before the invocation ends and before a message is acknowledged. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
  /** Whether this is the first invocation of this function in its process. */
  readonly coldStart: boolean;
  /** The platform's own event and context, untouched; `native(context)` of an adapter gives them typed. */
  readonly native: unknown;
}

/** What an adapter knows at the start of an invocation. */
export interface ContextInit {
  /** {@link Context.id} */
  readonly id: string;
  /** {@link Context.functionName} */
  readonly functionName: string;
  /** {@link Context.platform} */
  readonly platform: string;
  /** Default: undefined, where the platform does not say. */
  readonly region?: string | undefined;
  /** Milliseconds since the epoch; Infinity, as undefined, for none. */
  readonly deadlineMs?: number | undefined;
  /** Default: false. */
  readonly coldStart?: boolean | undefined;
  /** {@link Context.native} */
  readonly native?: unknown;
}

/**
 * The root context of one invocation. Adapters extend it and say how to make the trace and the logger. Layers see children made with
 * the same prototype, so everything memoised lives on the root, and there are no private fields.
 */
export class InvocationContext implements Context {
  readonly id: string;
  readonly functionName: string;
  readonly platform: string;
  readonly region: string | undefined;
  readonly coldStart: boolean;
  readonly native: unknown;
  readonly "~root": InvocationContext;
  /** The invocation that delivered it: of a message, the whole batch's. It has the signal and the deadline. */
  "~host": InvocationContext;
  /** A handler that has not settled yet. */
  "~running": Promise<void> | undefined = undefined;
  /** Set where a deadline watches over this invocation. */
  "~deadline": Deadline | undefined = undefined;
  /** The last error that a pipeline logged: behind a router, a reply passes through two of them. */
  "~reported": unknown = undefined;
  private "~controller": AbortController | undefined = undefined;
  private "~aborted": unknown = undefined;
  private "~tracing": Trace | undefined = undefined;
  private "~logger": Logger | undefined = undefined;
  private "~logFields": LogFields | undefined = undefined;
  private "~pending": Promise<unknown>[] | undefined = undefined;
  /** Milliseconds since the epoch, Infinity for none; undefined until it is asked for. */
  protected "~endMs": number | undefined;

  constructor(init: ContextInit) {
    this.id = init.id;
    this.functionName = init.functionName;
    this.platform = init.platform;
    this.region = init.region;
    this.coldStart = init.coldStart ?? false;
    this.native = init.native;
    this["~endMs"] = init.deadlineMs ?? Number.POSITIVE_INFINITY;
    this["~root"] = this;
    this["~host"] = this;
  }

  /** Milliseconds since the epoch; undefined for none. */
  get "~deadlineMs"(): number | undefined {
    const host = this["~host"];
    host["~endMs"] ??= host["~readDeadline"]();
    return host["~endMs"] === Number.POSITIVE_INFINITY ? undefined : host["~endMs"];
  }

  /** Whether it is known to have none, which is told without a look at the clock. */
  get "~isEndless"(): boolean {
    return this["~host"]["~endMs"] === Number.POSITIVE_INFINITY;
  }

  get deadline(): Date | undefined {
    const deadlineMs = this["~deadlineMs"];
    return deadlineMs === undefined ? undefined : new Date(deadlineMs);
  }

  // A getter, as is `waitUntil`, because handlers take the context apart: `(request, { remainingMs }) => ...`.
  get remainingMs(): () => number {
    const deadlineMs = this["~deadlineMs"];
    return () => (deadlineMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, deadlineMs - Date.now()));
  }

  get signal(): AbortSignal {
    const root = this["~host"];
    if (!root["~controller"]) {
      root["~controller"] = new AbortController();
      if (root["~aborted"] !== undefined) root["~controller"].abort(root["~aborted"]);
    }
    return root["~controller"].signal;
  }

  get trace(): Trace {
    const root = this["~root"];
    root["~tracing"] ??= root["~readTrace"]() ?? newTrace();
    return root["~tracing"];
  }

  get log(): Logger {
    const root = this["~root"];
    if (!root["~logger"]) {
      const fields = root["~logFields"];
      root["~logger"] = fields ? root["~createLog"]().child(fields) : root["~createLog"]();
    }
    return root["~logger"];
  }

  get waitUntil(): (promise: Promise<unknown>) => void {
    const root = this["~root"];
    return (promise) => {
      root["~pending"] ??= [];
      root["~pending"].push(
        Promise.resolve(promise).catch((error: unknown) =>
          root.log.error("work passed to waitUntil failed", { error: errorFields(error) }),
        ),
      );
    };
  }

  /** For adapters: aborts the signal, also one that is asked for later. */
  "~abort"(reason: Error): void {
    const root = this["~host"];
    if (root["~aborted"] !== undefined) return;
    root["~aborted"] = reason;
    root["~controller"]?.abort(reason);
  }

  /** For layers: adds fields to every further entry of this invocation, the one about its failure included. No logger is made for it. */
  "~addLogFields"(fields: LogFields): undefined | Logger {
    // A logger that was given with the context stands in front of the getter.
    if (Object.hasOwn(this, "log")) Object.defineProperty(this, "log", { value: this.log.child(fields) });
    else if (this["~logger"]) this["~logger"] = this["~logger"].child(fields);
    else this["~logFields"] = this["~logFields"] ? { ...this["~logFields"], ...fields } : fields;
    return undefined;
  }

  /** For adapters: settles the work passed to `waitUntil`; undefined when there is none, so that nothing need be awaited. */
  "~settle"(): Promise<void> | undefined {
    return this["~root"]["~pending"] ? drain(this["~root"]["~pending"]) : undefined;
  }

  /** For adapters: whether the signal has fired, also when nobody has asked for it. */
  get "~isAborted"(): boolean {
    return this["~host"]["~aborted"] !== undefined;
  }

  /** For adapters: the context of one message of a batch, with its own log, trace and background work. */
  "~forMessage"(fields: LogFields, readTrace: () => Trace | undefined): InvocationContext {
    return new MessageContext(this, fields, readTrace);
  }

  /** For adapters: the deadline where it was not given, which costs a look at the clock. Milliseconds since the epoch. */
  protected "~readDeadline"(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** For adapters: the incoming trace, if the platform or the caller gave one. */
  protected "~readTrace"(): Trace | undefined {
    return undefined;
  }

  /** For adapters: a logger in the platform's format. */
  protected "~createLog"(): Logger {
    return createLogger({
      format: ({ level, message, time, fields }) => {
        const entry = { time, level, message, invocationId: this.id };
        // First in the line, and not to be taken over by a field of the same name.
        return { ...entry, ...fields, ...entry };
      },
      // biome-ignore lint/suspicious/noConsole: this is the console context.
      write: (line, level) => console[level](line),
    });
  }
}

/** The context of one message: its host has the signal and the deadline. */
class MessageContext extends InvocationContext {
  private readonly "~fields": LogFields;
  private readonly "~ownTrace": () => Trace | undefined;

  constructor(host: InvocationContext, fields: LogFields, readTrace: () => Trace | undefined) {
    super(host);
    this["~host"] = host;
    this["~fields"] = fields;
    this["~ownTrace"] = readTrace;
  }

  protected override "~readTrace"(): Trace | undefined {
    return this["~ownTrace"]() ?? this["~host"]["~readTrace"]();
  }

  protected override "~createLog"(): Logger {
    return this["~host"].log.child(this["~fields"]);
  }
}

async function drain(pending: Promise<unknown>[]): Promise<void> {
  // Work may pass further work to waitUntil while it runs.
  while (pending.length > 0) await Promise.all(pending.splice(0));
}

/** The context for a function that is called without an adapter; what is given wins over the defaults. */
export function toContext(given: Partial<Context> | undefined): Context {
  if (given && "~root" in given) return given as Context;
  const root = new InvocationContext({ id: "local", functionName: "local", platform: "local", ...given });
  if (!given) return root;
  const names = Object.keys(given).filter((name) => given[name as keyof Context] !== undefined);
  for (const name of names) {
    Object.defineProperty(root, name, {
      value: given[name as keyof Context],
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return root;
}
