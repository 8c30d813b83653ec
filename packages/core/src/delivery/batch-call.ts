import type { Context } from "../context.js";
import { checkCanBegin, inTime, noteRunning } from "../deadline.js";
import { describe, HandlerError } from "../error.js";
import type { BatchHandler, BatchItem } from "../kinds/message-function.js";
import { type HandlerResult, type Outcome, toOutcome } from "../outcome.js";

interface Waiting<E> {
  readonly item: BatchItem<E, Context>;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/** One call of a batch handler: waits until the middleware of each event has let it pass, or has ended it. */
export class BatchCall<E> {
  private readonly handler: BatchHandler<E, Context>;
  /** The events whose middleware has not called `next` yet. */
  private readonly expected: Set<number>;
  private readonly waiting = new Map<number, Waiting<E>>();

  constructor(size: number, handler: BatchHandler<E, Context>) {
    this.handler = handler;
    this.expected = new Set(Array.from({ length: size }, (_, index) => index));
  }

  /** The innermost step of one event's pipeline. */
  join(index: number): (event: E, context: Context) => Promise<Outcome> {
    return async (event, context) => {
      checkCanBegin(context);
      return inTime(
        () =>
          new Promise<Outcome>((resolve, reject) => {
            const earlier = this.waiting.get(index);
            this.waiting.set(index, {
              item: { event, context },
              // A middleware that calls `next` twice at once gets one answer twice.
              resolve: (outcome) => {
                earlier?.resolve(outcome);
                resolve(outcome);
              },
              reject: (error) => {
                earlier?.reject(error);
                reject(error);
              },
            });
            this.leave(index);
          }),
        context,
        undefined,
        // Abandoned: the handler, if it has not begun, must not get it.
        () => this.waiting.delete(index),
      );
    };
  }

  /** This event's middleware has ended, with or without the handler: its outcome is decided. */
  withdraw(index: number): void {
    this.waiting.delete(index);
    this.leave(index);
  }

  private leave(index: number): void {
    this.expected.delete(index);
    if (this.expected.size === 0 && this.waiting.size > 0) void this.begin();
  }

  private async begin(): Promise<void> {
    const waiting = [...this.waiting].sort(([one], [two]) => one - two).map(([, one]) => one);
    this.waiting.clear();
    try {
      const items = waiting.map(({ item }) => item);
      for (const { context } of items) checkCanBegin(context);
      const work = this.handler(items);
      for (const { context } of items) noteRunning(context, work);
      const results = await work;
      if (!Array.isArray(results) || results.length !== items.length) {
        throw new HandlerError(
          "REPLY_INVALID",
          `The batch handler got ${items.length} events and returned ${Array.isArray(results) ? `${results.length} outcomes` : describe(results)}.`,
          { hint: "Return one outcome per event, by index; undefined stands for ack()." },
        );
      }
      for (const [index, one] of waiting.entries()) answer(one, results[index]);
    } catch (error) {
      for (const one of waiting) one.reject(error);
    }
  }
}

function answer<E>(waiting: Waiting<E>, result: HandlerResult): void {
  try {
    waiting.resolve(toOutcome(result));
  } catch (error) {
    waiting.reject(error);
  }
}
