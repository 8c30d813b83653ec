import type { InvocationContext } from "./context.js";
import { inTime, isPromise } from "./deadline.js";
import type { Delivery, DeliveryOptions, Disposition, Unfinished } from "./delivery.js";
import { dispose, refuse } from "./disposal.js";
import { type BatchRun, fromThrown, type HandlerResult, type MessageRun, toOutcome } from "./kinds/message-function.js";
import type { NeutralEvent } from "./kinds/neutral-event.js";
import { LaneQueue, toLanes, Worker } from "./lanes.js";
import { errorFields } from "./log.js";
import type { Outcome } from "./outcome.js";

/**
 * One native delivery on its way. A class, and steps that call each other where others would wait in an async function: closures and
 * promises for each message would cost more than all else.
 */
export class WholeDelivery<E extends NeutralEvent> {
  private readonly deliveries: readonly Delivery<E>[];
  private readonly unfinished: Unfinished;
  private readonly options: DeliveryOptions<E>;
  private readonly dispositions: Disposition[];
  private readonly workers: Worker[] = [];
  private isWatched = false;
  /** Workers that have not left. */
  private working = 0;
  private resolve!: (dispositions: readonly Disposition[]) => void;
  private reject!: (error: unknown) => void;

  constructor(deliveries: readonly Delivery<E>[], unfinished: Unfinished, options: DeliveryOptions<E>) {
    this.deliveries = deliveries;
    this.unfinished = unfinished;
    this.options = options;
    this.dispositions = new Array<Disposition>(deliveries.length).fill(notRun);
  }

  /** As many workers as may run at once take message after message. Resolves when each is done or was given up. */
  runApart(run: MessageRun<E>): Promise<readonly Disposition[]> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      const queue = new LaneQueue(this.deliveries);
      const { concurrency = 10 } = this.options;
      this.working = 1;
      while (this.workers.length < concurrency && !queue.isEmpty) {
        const worker: Worker = new Worker(
          () => this.proceed(worker, queue, run),
          (result) => this.settled(worker, result, undefined),
          (error: unknown) => this.settled(worker, undefined, { error }),
        );
        this.workers.push(worker);
        this.working += 1;
        worker.proceed();
      }
      this.leave();
    });
  }

  private leave(): void {
    this.working -= 1;
    if (this.working === 0) this.resolve(this.dispositions);
  }

  /** Takes message after message, until there is something to wait for. */
  private proceed(worker: Worker, queue: LaneQueue, run: MessageRun<E>): void {
    for (let index = queue.next(worker); index >= 0; index = queue.next(worker)) {
      const delivery = this.deliveries[index] as Delivery<E>;
      if (delivery.context["~isAborted"]) break;
      worker.index = index;
      const busy = this.untilFree(delivery);
      if (busy) {
        Promise.resolve(busy).then(
          () => this.end(worker, this.begin(worker, delivery, run)) && worker.proceed(),
          (error: unknown) => this.end(worker, { outcome: "retry", error }) && worker.proceed(),
        );
        return;
      }
      if (!this.end(worker, this.begin(worker, delivery, run))) return;
    }
    this.leave();
  }

  /** The outcome of a message, undefined while its handler is waited for. */
  private begin(worker: Worker, { event, context, refused }: Delivery<E>, run: MessageRun<E>): Outcome | undefined {
    if (refused) return refuse(refused, context);
    try {
      const result = run(event, context);
      if (!isPromise(result)) return toOutcome(result);
      if (!this.isWatched) this.watch(context);
      worker.running = result;
      (result instanceof Promise ? result : Promise.resolve(result)).then(worker.onResult, worker.onFailure);
      return undefined;
    } catch (thrown) {
      return fromThrown(thrown, context);
    }
  }

  /** What a handler gave that was waited for. */
  private settled(worker: Worker, result: HandlerResult, failure: { readonly error: unknown } | undefined): void {
    if (worker.isGivenUp) return;
    worker.running = undefined;
    const delivery = this.deliveries[worker.index] as Delivery<E>;
    let outcome: Outcome;
    try {
      if (failure) throw failure.error;
      outcome = toOutcome(result);
    } catch (thrown) {
      outcome = fromThrown(thrown, delivery.context);
    }
    this.noteRunning(delivery, undefined);
    if (this.end(worker, outcome)) worker.proceed();
  }

  /** Disposes of a worker's message. False while something is waited for, after which the worker goes on. */
  private end(worker: Worker, outcome: Outcome | undefined): boolean {
    if (!outcome) return false;
    const { index } = worker;
    const disposed = this.conclude(this.deliveries[index] as Delivery<E>, outcome);
    if (isPromise(disposed)) {
      disposed.then((disposition) => {
        this.note(worker, index, disposition);
        worker.proceed();
      }, this.reject);
      return false;
    }
    this.note(worker, index, disposed);
    return true;
  }

  private note(worker: Worker, index: number, disposition: Disposition): void {
    this.dispositions[index] = disposition;
    // Nothing more of its group.
    if (disposition.state !== "done") worker.lane = undefined;
  }

  /** Has the deadline give up the handlers that are waited for when it comes. One wait for all: a promise for each would cost more than it. */
  private watch({ "~host": host }: InvocationContext): void {
    this.isWatched = true;
    host["~deadline"]?.outermost((error) => {
      const busy = this.workers.filter(({ running }) => running);
      for (const worker of busy) void this.abandon(worker, error);
      return busy.length > 0;
    });
  }

  /** What is in the hands of a handler that takes too long comes again; its worker takes nothing more. */
  private async abandon(worker: Worker, error: Error): Promise<void> {
    const delivery = this.deliveries[worker.index] as Delivery<E>;
    this.noteRunning(delivery, worker.running);
    worker.isGivenUp = true;
    worker.running = undefined;
    this.dispositions[worker.index] = await this.conclude(delivery, fromThrown(error, delivery.context));
    this.leave();
  }

  async runTogether(run: BatchRun<E>): Promise<readonly Disposition[]> {
    const { deliveries, dispositions } = this;
    const free = await Promise.allSettled(deliveries.map((delivery) => this.untilFree(delivery)));
    if (free.some(({ status }) => status === "rejected")) return dispositions;
    const outcomes = this.runAccepted(run);
    for (const lane of toLanes(deliveries)) {
      let failed = false;
      for (const index of lane) {
        const delivery = deliveries[index] as Delivery<E>;
        const outcome = (await outcomes[index]) as Outcome;
        this.noteRunning(delivery, undefined);
        // What stands behind a failure in its group is delivered again after it, though the handler has seen it.
        const disposition = await this.conclude(delivery, failed ? { outcome: "retry" } : outcome);
        dispositions[index] = disposition;
        failed ||= disposition.state !== "done";
      }
    }
    return dispositions;
  }

  private runAccepted(run: BatchRun<E>): readonly (Outcome | Promise<Outcome>)[] {
    const { deliveries } = this;
    const outcomes = run(deliveries.filter(({ refused }) => !refused)).values();
    return deliveries.map(({ refused, context }) =>
      refused ? refuse(refused, context) : (outcomes.next().value as Promise<Outcome>),
    );
  }

  /** The same message, or its group, may still be in the hands of a handler that an earlier deadline gave up. */
  private untilFree({ event, context, group }: Delivery<E>): PromiseLike<void> | void | undefined {
    const busy = this.unfinished.size === 0 ? undefined : this.unfinished.get(group ?? event.id);
    if (busy) return inTime(() => busy, context);
  }

  /** Remembers a handler that goes on after it was given up: inside its layers, or with all of them. */
  private noteRunning({ event, context, group }: Delivery<E>, givenUp: PromiseLike<unknown> | undefined): void {
    const handler = context["~running"];
    if (handler || givenUp) remember(this.unfinished, group ?? event.id, Promise.allSettled([handler, givenUp]));
  }

  private conclude(delivery: Delivery<E>, outcome: Outcome): Disposition | Promise<Disposition> {
    const disposed = dispose(delivery, outcome, this.options);
    return isPromise(disposed)
      ? disposed.then((disposition) => this.tell(delivery, disposition))
      : this.tell(delivery, disposed);
  }

  /** Lets the adapter tell its platform. */
  private tell(delivery: Delivery<E>, disposition: Disposition): Disposition | Promise<Disposition> {
    const { onDelay, onDisposed } = this.options;
    const afterSeconds = onDelay && disposition.state === "retry" ? disposition.afterSeconds : undefined;
    if (afterSeconds === undefined && !onDisposed) return disposition;
    try {
      const told = inTime(async () => {
        if (afterSeconds !== undefined) await onDelay?.(delivery, afterSeconds);
        await onDisposed?.(delivery, disposition);
      }, delivery.context);
      return Promise.resolve(told).then(
        () => disposition,
        (error: unknown) => untold(delivery, error),
      );
    } catch (error) {
      return untold(delivery, error);
    }
  }
}

function untold({ context }: Pick<Delivery<NeutralEvent>, "context">, error: unknown): Disposition {
  context.log.error("the platform did not take the outcome of a message", { error: errorFields(error) });
  return { state: "retry", error };
}

const notRun: Disposition = { state: "notRun" };

function remember(unfinished: Unfinished, key: string, running: Promise<unknown>): void {
  const until = Promise.all([unfinished.get(key), running]).then(() => {
    if (unfinished.get(key) === until) unfinished.delete(key);
  });
  unfinished.set(key, until);
}
