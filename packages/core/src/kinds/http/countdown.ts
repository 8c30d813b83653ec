import type { InvocationContext } from "../../context.js";
import { toStepMs } from "../../deadline.js";
import { HandlerError } from "../../error.js";
import { logFailure } from "../../incoming-request.js";
import type { Newcomer, Watchdog } from "../../watchdog.js";
import { type Chunks, toChunks } from "./chunks.js";
import type { HttpReply, StreamSource } from "./http-reply.js";

/**
 * Watches over what follows a handler's reply, the body that is still being produced: near the deadline first the signal aborts, then
 * `onLate` is called. What it gives back ends the watch.
 */
export function countdown(
  context: InvocationContext,
  watchdog: Watchdog,
  onLate: (error: HandlerError) => void,
): () => void {
  const watched = new Countdown(context, onLate);
  watchdog.greet(watched);
  return () => watchdog.leave(watched);
}

class Countdown implements Newcomer {
  dueMs = Number.POSITIVE_INFINITY;
  place = -1;
  private stepMs = 0;
  private aborted = false;
  private readonly context: InvocationContext;
  private readonly onLate: (error: HandlerError) => void;

  constructor(context: InvocationContext, onLate: (error: HandlerError) => void) {
    this.context = context;
    this.onLate = onLate;
  }

  plan(nowMs: number): void {
    const deadlineMs = this.context["~deadlineMs"] ?? Number.POSITIVE_INFINITY;
    this.stepMs = toStepMs(deadlineMs, nowMs);
    this.dueMs = deadlineMs - 2 * this.stepMs;
  }

  onDue(): void {
    const error = new HandlerError("TIMEOUT", "The reply was not finished in time.");
    this.dueMs = this.aborted ? Number.POSITIVE_INFINITY : this.dueMs + this.stepMs;
    if (this.aborted) this.onLate(error);
    else this.context["~abort"](error);
    this.aborted = true;
  }
}

/** Whether a reply is a stream of events: its client expects it to end at any time, and comes back. */
export function isEventStream({ headers }: Pick<HttpReply, "headers">): boolean {
  return String(headers["content-type"]).toLowerCase().startsWith("text/event-stream");
}

/**
 * The chunks of a streamed reply up to its deadline: shortly before it first the signal aborts, then they are over, an event stream's as if
 * it had come to its end, and any other's, being cut short, by a TIMEOUT.
 */
export function chunksInTime(reply: HttpReply, context: InvocationContext, watchdog: Watchdog): Chunks {
  const chunks = toChunks(reply.body as StreamSource);
  return context["~isEndless"] ? chunks : new ChunksInTime(chunks, reply, context, watchdog);
}

const over = { done: true, value: undefined } as const;

class ChunksInTime implements Chunks {
  readonly "~chunks" = true;
  private readonly chunks: Chunks;
  private readonly end: () => void;
  private isLate = false;
  private onLate: (() => void) | undefined = undefined;
  private readonly late: () => Promise<IteratorResult<Uint8Array, undefined>>;

  constructor(chunks: Chunks, reply: HttpReply, context: InvocationContext, watchdog: Watchdog) {
    const endless = isEventStream(reply);
    this.chunks = chunks;
    let error: HandlerError;
    this.late = () => (endless ? Promise.resolve(over) : Promise.reject(error));
    this.end = countdown(context, watchdog, (timeout) => {
      error = timeout;
      this.isLate = true;
      logFailure(context, "the stream was ended at the deadline", { status: reply.status }, endless ? "info" : "error");
      this.onLate?.();
      void this.return().catch(() => undefined);
    });
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.isLate) return this.late();
    return new Promise((resolve, reject) => {
      this.onLate = () => this.late().then(resolve, reject);
      this.chunks.next().then(
        (result) => {
          if (result.done && !this.isLate) this.end();
          // Let go of at the deadline, the source is over: that is not the end of the reply.
          if (!this.isLate) resolve(result);
        },
        (error: unknown) => {
          this.end();
          reject(error);
        },
      );
    });
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.end();
    return this.chunks.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  collect(limit: number): Promise<Uint8Array[] | undefined> {
    return this.chunks.collect(limit);
  }
}

/** Waits for the work passed to `waitUntil`, as long as there is time; undefined where there is none. */
export function settle(context: InvocationContext, watchdog: Watchdog): Promise<void> | undefined {
  const work = context["~settle"]();
  return (
    work &&
    new Promise<void>((resolve) => {
      const end = countdown(context, watchdog, () => {
        logFailure(context, "work passed to waitUntil did not finish in time");
        resolve();
      });
      work.finally(end).then(resolve);
    })
  );
}
