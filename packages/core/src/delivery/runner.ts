import type { InvocationContext } from "../context.js";
import { isPromise } from "../deadline.js";
import type { MessageRun } from "../kinds/message-function.js";
import type { NeutralEvent } from "../kinds/neutral-event.js";
import { errorFields } from "../log.js";
import { type HandlerResult, type Outcome, toOutcome } from "../outcome.js";
import { type Delivery, type Disposition, notRun } from "./delivery.js";
import { type Disposal, dispose, fromThrown } from "./disposal.js";
import { GroupQueue } from "./groups.js";
import { type InFlight, keyOf, Places, type Stay, waitInFlight } from "./in-flight.js";
import { Worker } from "./worker.js";

/** How a runner disposes of events, and how many groups, or events without one, it runs at once. */
export interface RunnerOptions<E extends NeutralEvent> extends Disposal<E> {
  readonly concurrency?: number | undefined;
}

/**
 * Runs the events of one native delivery, each by itself. As many workers as may run at once take group after group, and of a group message
 * after message; none begins before its predecessor is disposed of, and the first failure stops its group.
 *
 * A class, and steps that call each other where others would wait in an async function: closures and promises for each message would cost
 * more than all else. Read it in the order of a message's life: `proceed`, `begin`, `settled`, `end`; `abandon` when time is up.
 */
export class DeliveryRunner<E extends NeutralEvent> {
  private readonly deliveries: readonly Delivery<E>[];
  private readonly run: MessageRun<E>;
  private readonly inFlight: InFlight;
  private readonly options: RunnerOptions<E>;
  private readonly queue: GroupQueue;
  private readonly dispositions: Disposition[];
  private readonly workers: Worker[] = [];
  private places: Places<E> | undefined = undefined;
  private hasBegun = false;
  private isWatched = false;
  /** Workers that have not left. */
  private working = 1;
  private resolve!: (dispositions: readonly Disposition[]) => void;
  private reject!: (error: unknown) => void;

  constructor(deliveries: readonly Delivery<E>[], run: MessageRun<E>, inFlight: InFlight, options: RunnerOptions<E>) {
    this.deliveries = deliveries;
    this.run = run;
    this.inFlight = inFlight;
    this.options = options;
    this.queue = new GroupQueue(deliveries);
    this.dispositions = new Array<Disposition>(deliveries.length).fill(notRun);
  }

  /** Resolves with a disposition for each event by index, when each is disposed of or was abandoned. */
  start(): Promise<readonly Disposition[]> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      const { concurrency = 10 } = this.options;
      if (this.inFlight.tracksAll) this.places = new Places(this.deliveries, this.inFlight);
      while (this.workers.length < concurrency && !this.queue.isEmpty) {
        const worker: Worker = new Worker(
          (result) => this.settled(worker, result, undefined),
          (error: unknown) => this.settled(worker, undefined, { error }),
        );
        this.workers.push(worker);
        this.working += 1;
        this.proceed(worker);
      }
      this.leave();
    });
  }

  private leave(): void {
    this.working -= 1;
    if (this.working > 0) return;
    this.places?.leave();
    this.resolve(this.dispositions);
  }

  private fail(error: unknown): void {
    this.places?.leave();
    this.reject(error);
  }

  /** Takes message after message, until there is something to wait for. */
  private proceed(worker: Worker): void {
    for (;;) {
      if (this.hasBegun) this.look();
      let index = this.queue.proceed(worker);
      const isNewGroup = index < 0;
      if (isNewGroup) {
        worker.leaveGroup();
        index = this.queue.begin(worker);
      }
      const delivery = this.deliveries[index];
      // Nothing begins once the signal has aborted.
      if (!delivery || delivery.context["~isAborted"]) break;
      worker.index = index;
      this.hasBegun = true;
      if (isNewGroup && !this.inFlight.isIdle) {
        const before = this.enter(worker, delivery);
        if (before) {
          void this.waitFor(before, worker, delivery);
          return;
        }
      }
      if (!this.end(worker, this.begin(worker, delivery))) return;
    }
    this.quit(worker);
  }

  /** Messages that never wait for a timer let none run. */
  private look(): void {
    this.deliveries[0]?.context["~host"]["~deadline"]?.look();
  }

  /** What still runs in this process of the same group, or of the same message, from an earlier delivery. */
  private enter(worker: Worker, delivery: Delivery<E>): Stay | undefined {
    const key = keyOf(delivery);
    const place = this.places?.get(key);
    if (place) {
      worker.stay = place.stay;
      return place.before;
    }
    const before = this.inFlight.get(key);
    // Whoever else comes stands behind it.
    if (before) worker.stay = this.inFlight.enter(key, delivery.context);
    return before;
  }

  private async waitFor(before: Stay, worker: Worker, delivery: Delivery<E>): Promise<void> {
    try {
      const error = await waitInFlight(this.inFlight, before, worker.stay, delivery);
      if (error) this.resume(worker, { outcome: "retry", error, reason: error.message });
      // It may have taken until now, or the client has left.
      else if (delivery.context["~isAborted"]) this.quit(worker);
      else this.resume(worker, this.begin(worker, delivery));
    } catch (error) {
      this.fail(error);
    }
  }

  private resume(worker: Worker, outcome: Outcome | undefined): void {
    if (this.end(worker, outcome)) this.proceed(worker);
  }

  /** Takes nothing more. */
  private quit(worker: Worker): void {
    worker.leaveGroup();
    this.leave();
  }

  /** The outcome of a message; undefined while its handler is waited for. */
  private begin(worker: Worker, { record, event, context }: Delivery<E>): Outcome | undefined {
    try {
      if (record.rejected) throw record.rejected;
      const result = this.run(event, context);
      if (!isPromise(result)) return toOutcome(result);
      if (!this.isWatched) this.watch(context);
      worker.running = result;
      (result instanceof Promise ? result : Promise.resolve(result)).then(worker.onResult, worker.onFailure);
      return undefined;
    } catch (thrown) {
      return fromThrown(thrown, event, context);
    }
  }

  /** What a handler gave that was waited for. */
  private settled(worker: Worker, result: HandlerResult, failure: { readonly error: unknown } | undefined): void {
    const delivery = this.deliveries[worker.index] as Delivery<E>;
    if (worker.isAbandoned) {
      if (failure) noteLateFailure(delivery, failure.error);
      return;
    }
    try {
      worker.running = undefined;
      let outcome: Outcome;
      try {
        if (failure) throw failure.error;
        outcome = toOutcome(result);
      } catch (thrown) {
        outcome = fromThrown(thrown, delivery.event, delivery.context);
      }
      this.resume(worker, outcome);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Disposes of a worker's message. False while something is waited for, after which the worker goes on. */
  private end(worker: Worker, outcome: Outcome | undefined): boolean {
    if (!outcome) return false;
    const { index } = worker;
    const disposed = dispose(this.deliveries[index] as Delivery<E>, outcome, this.options);
    if (isPromise(disposed)) {
      disposed
        .then((disposition) => {
          this.note(worker, index, disposition);
          this.proceed(worker);
        })
        .catch((error: unknown) => this.fail(error));
      return false;
    }
    this.note(worker, index, disposed);
    return true;
  }

  private note(worker: Worker, index: number, disposition: Disposition): void {
    this.dispositions[index] = disposition;
    const delivery = this.deliveries[index] as Delivery<E>;
    // Its middleware, or the deadline over its sink, may have ended without it.
    const running = delivery.context["~running"];
    if (running) this.track(worker, delivery, running);
    // Nothing more of its group; what only has the same id may well be another message.
    if (disposition.state !== "done" && delivery.record.group !== undefined) worker.group = undefined;
  }

  /** Has the deadline abandon the handlers that are waited for when it comes. One wait for all: a promise for each would cost more than it. */
  private watch({ "~host": host }: InvocationContext): void {
    this.isWatched = true;
    host["~deadline"]?.outermost((error, decided) => {
      const late = this.workers.filter(
        ({ running, index }) => running && !decided.has((this.deliveries[index] as Delivery<E>).context),
      );
      for (const worker of late) this.abandon(worker, error).catch((failure: unknown) => this.fail(failure));
      return late.length > 0;
    });
  }

  /** What a handler takes too long for is delivered again; its worker takes nothing more. */
  private async abandon(worker: Worker, error: Error): Promise<void> {
    const { index, running } = worker;
    const delivery = this.deliveries[index] as Delivery<E>;
    worker.isAbandoned = true;
    worker.running = undefined;
    this.track(worker, delivery, Promise.allSettled([running, delivery.context["~running"]]));
    this.dispositions[index] = await dispose(
      delivery,
      fromThrown(error, delivery.event, delivery.context),
      this.options,
    );
    const left = delivery.context["~running"];
    if (left) this.track(worker, delivery, left);
    this.quit(worker);
  }

  /** Has the next delivery of this message, or of its group, wait for a handler that goes on. */
  private track(worker: Worker, delivery: Delivery<E>, handler: PromiseLike<unknown>): void {
    if (worker.stay) worker.stay.abandon(handler);
    else this.inFlight.abandon(keyOf(delivery), handler, delivery.context);
  }
}

/** A handler that goes on after its time has said nothing so far but that it took too long. */
function noteLateFailure<E extends NeutralEvent>({ context }: Delivery<E>, error: unknown): void {
  context.log.warn("a handler failed after its time was up", { error: errorFields(error) });
}
