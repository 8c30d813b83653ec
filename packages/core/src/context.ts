import type { ContextInit } from "./context-init.js";
import { drain, type InvocationState } from "./context-state.js";
import type { Deadline } from "./deadline.js";
import { type IncomingRequest, requestFields } from "./incoming-request.js";
import { createLogger, errorFields, type LogFields, type Logger } from "./log.js";
import { toFlatEntry } from "./log-entry.js";
import { Printed, showContext } from "./printed.js";
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
  /**
   * Whether this is the first invocation in its process, of whichever function and kind: true once per process, on every platform. False for a
   * function called without a platform.
   */
  readonly coldStart: boolean;
  /** The platform's own event and context, untouched; `native(context)` of an adapter gives them typed. */
  readonly native: unknown;
}

/**
 * The root context of one invocation. Adapters extend it and say how to make the trace and the logger. Layers see children made with
 * the same prototype, so everything memoised lives on the root, and there are no private fields.
 */
export class InvocationContext extends Printed implements Context {
  private readonly "~init": ContextInit;
  readonly "~root": InvocationContext;
  /** The invocation that delivered it: of a message, the whole batch's. It has the signal and the deadline. */
  readonly "~host": InvocationContext;
  /** Set where a deadline watches over this invocation. */
  "~deadline": Deadline | undefined = undefined;
  /** The HTTP request that started this invocation, where one did. */
  "~incoming": IncomingRequest | undefined = undefined;
  /** The HTTP reply that was last made regular: on its way out through the layers it is not looked at again. */
  "~normal": object | undefined = undefined;
  /** Milliseconds since the epoch, Infinity for none; undefined until it is asked for. */
  protected "~endMs": number | undefined;
  private "~state": InvocationState | undefined = undefined;
  /** Set once the outcome of a message is. */
  "~decided" = false;

  constructor(init: ContextInit, host?: InvocationContext) {
    super();
    this["~init"] = init;
    this["~endMs"] = init.deadlineMs ?? Number.POSITIVE_INFINITY;
    this["~root"] = this;
    this["~host"] = host ?? this;
  }

  get id(): string {
    return this["~init"].id;
  }

  get functionName(): string {
    return this["~init"].functionName;
  }

  get platform(): string {
    return this["~init"].platform;
  }

  get region(): string | undefined {
    return this["~init"].region;
  }

  get coldStart(): boolean {
    return this["~init"].coldStart ?? false;
  }

  get native(): unknown {
    return this["~init"].native;
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
    const state = this["~host"]["~keep"]();
    if (!state.controller) {
      state.controller = new AbortController();
      if (state.aborted) state.controller.abort(state.aborted);
      else this["~host"]["~watchCaller"]();
    }
    return state.controller.signal;
  }

  get trace(): Trace {
    const state = this["~keep"]();
    state.trace ??= this["~readTrace"]() ?? newTrace();
    return state.trace;
  }

  get log(): Logger {
    const state = this["~keep"]();
    if (!state.log) {
      const log = this["~createLog"]();
      state.log = state.logFields ? log.child(state.logFields) : log;
    }
    return state.log;
  }

  get waitUntil(): (promise: Promise<unknown>) => void {
    return (promise) => {
      const state = this["~keep"]();
      state.pending ??= [];
      state.pending.push(
        Promise.resolve(promise).catch((error: unknown) => {
          state.failures = (state.failures ?? 0) + 1;
          this.log.error("work passed to waitUntil failed", { ...requestFields(this), error: errorFields(error) });
        }),
      );
    };
  }

  /** Small, and without credentials. */
  toJSON(): Record<string, unknown> {
    return showContext(this);
  }

  /** For adapters: aborts the signal, also one that is asked for later. */
  "~abort"(reason: Error): void {
    const state = this["~host"]["~keep"]();
    state.aborted ??= reason;
    state.controller?.abort(state.aborted);
  }

  /** For layers: adds fields to every further entry of this invocation, the one about its failure included. No logger is made for it. */
  "~addLogFields"(fields: LogFields): undefined | Logger {
    const state = this["~keep"]();
    // A logger that was given with the context stands in front of the getter.
    if (Object.hasOwn(this, "log")) Object.defineProperty(this, "log", { value: this.log.child(fields) });
    else if (state.log) state.log = state.log.child(fields);
    else state.logFields = state.logFields ? { ...state.logFields, ...fields } : fields;
    return undefined;
  }

  /** For adapters: settles the work passed to `waitUntil`; undefined when there is none, so that nothing need be awaited. */
  "~settle"(): Promise<void> | undefined {
    const pending = this["~state"]?.pending;
    return pending && drain(pending);
  }

  /** For adapters: how much of the work passed to `waitUntil` has failed. */
  get "~failures"(): number {
    return this["~state"]?.failures ?? 0;
  }

  /** For adapters: whether the signal has fired, also when nobody has asked for it. */
  get "~isAborted"(): boolean {
    return this["~abortReason"] !== undefined;
  }

  /** For pipelines: whether what becomes of this message, or this invocation, is decided: then its handler must not begin. */
  get "~isDecided"(): boolean {
    return this["~decided"] || this["~host"]["~deadline"]?.isEnded === true;
  }

  /** For pipelines: what the signal has fired with. */
  get "~abortReason"(): Error | undefined {
    return this["~host"]["~state"]?.aborted;
  }

  /** For pipelines: a handler that goes on after it was given up. */
  get "~running"(): Promise<void> | undefined {
    return this["~state"]?.running;
  }

  set "~running"(running: Promise<void> | undefined) {
    this["~keep"]().running = running;
  }

  /** For pipelines: whether this error is in the log already; from now on it is. */
  "~report"(error: unknown): boolean {
    const state = this["~keep"]();
    if (error !== undefined && state.reported === error) return true;
    state.reported = error;
    return false;
  }

  private "~keep"(): InvocationState {
    this["~state"] ??= {};
    return this["~state"];
  }

  /** For adapters: called when the signal is first asked for. Until then nobody need be told that the caller has left. */
  protected "~watchCaller"(): void {}

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
      format: ({ level, message, time, fields }) =>
        toFlatEntry({ time, level, message, invocationId: this.id, functionName: this.functionName }, fields),
      // biome-ignore lint/suspicious/noConsole: this is the console context.
      write: (line, level) => console[level](line),
    });
  }
}
