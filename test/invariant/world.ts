import { deadLetter, drop, HandlerError, type HandlerResult, type NeutralEvent, retry } from "@portico/core";
import type { Clock } from "./clock.js";
import type { History, Step } from "./history.js";

/** What the function and the sink get, as far as the world reads it. */
export interface Running {
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/** As often as it takes to see that a process goes on. */
const hangsAgain: readonly Step[] = ["hangs", "hangs", "hangs", "hangs", "hangs"];
/** Past any deadline of a delivery. */
const lateMs = 1500;
/** What a sink that works may take of the time that is kept for it. */
const sinkMs = 25;

interface Sent {
  readonly id: string;
  readonly group: number;
  readonly place: number;
  readonly script: readonly Step[];
  tries: number;
  /** Handled, dropped or sunk, at least once. */
  disposed: boolean;
  acknowledged: boolean;
  sink: Step | undefined;
}

/** A process: when it has died, what still runs of it is not seen. */
export class Process {
  alive = true;
  age = 0;
  begun = 0;
  crashAt = Number.POSITIVE_INFINITY;
  /** The deliveries in which what still runs began. */
  readonly running = new Map<Sent, number>();
}

/** What is true of a history: every message and what became of it, and every breach of what was promised. */
export class World {
  readonly breaches: string[] = [];
  readonly messages: readonly Sent[];
  process = new Process();
  readonly history: History;
  readonly clock: Clock;
  private readonly ordered: boolean;
  private readonly byId = new Map<string, Sent>();

  constructor(history: History, clock: Clock, ordered: boolean) {
    this.history = history;
    this.clock = clock;
    this.ordered = ordered;
    this.messages = history.messages.map(({ group, script }, place) => ({
      id: `m${place}`,
      group,
      place,
      script: script.flatMap((step) => (step === "hangsAlways" ? hangsAgain : step)),
      tries: 0,
      disposed: false,
      acknowledged: false,
      sink: undefined,
    }));
    for (const message of this.messages) this.byId.set(message.id, message);
  }

  /** The function's handler in this process. */
  handler(process: Process, idOf: (event: NeutralEvent) => string) {
    return (event: NeutralEvent, context: Running): HandlerResult | Promise<HandlerResult> => {
      if (!process.alive) return never();
      const message = this.of(idOf(event));
      this.begin(process, message);
      if (!process.alive) return never();
      return this.run(process, message, context);
    };
  }

  /** The same for all messages of a delivery at once: the order of their starts says nothing then. */
  batchHandler(process: Process, idOf: (event: NeutralEvent) => string) {
    return async (items: readonly { event: NeutralEvent; context: Running }[]): Promise<HandlerResult[]> => {
      if (!process.alive) return never();
      const messages = items.map(({ event }) => this.of(idOf(event)));
      for (const message of messages) this.count(process, message);
      if (!process.alive) return never();
      return Promise.all(
        messages.map(async (message, index) => {
          try {
            return await this.run(process, message, (items[index] as { context: Running }).context);
          } catch (error) {
            return HandlerError.is(error) ? deadLetter("permanent") : retry();
          }
        }),
      );
    };
  }

  /** The sink in this process. Where it is all that stands between a message and its loss, for what `reason` says, it must work. */
  sink(process: Process, idOf: (event: NeutralEvent) => string, mustWork?: (reason: string) => boolean) {
    return async (event: NeutralEvent, reason: string, context: Running): Promise<void> => {
      const message = this.of(idOf(event));
      const must = mustWork?.(reason) === true;
      if (must) await this.clock.sleep(sinkMs);
      const step = must ? undefined : message.sink;
      if (step === "sinkFails") throw new Error("the sink is down");
      if (step === "sinkHangs") return never();
      const store = () => {
        if (process.alive) message.disposed = true;
      };
      if (step === "sinkBackground") return context.waitUntil(this.clock.sleep(sinkMs).then(store));
      await (step === "sinkLate" ? this.clock.sleep(lateMs) : undefined);
      store();
    };
  }

  /** The platform forgets a message. */
  acknowledge(id: string): void {
    const message = this.of(id);
    if (!message.disposed) this.breaches.push(`${id} was acknowledged, and neither handled, dropped nor sunk`);
    if (this.ordered && this.undisposedBefore(message)) {
      this.breaches.push(`${id} was acknowledged before its predecessor was disposed of`);
    }
    message.acknowledged = true;
  }

  /** The platform sets a message aside where somebody finds it: its own way to dispose of it. */
  setAside(id: string): void {
    this.of(id).disposed = true;
  }

  private of(id: string): Sent {
    const message = this.byId.get(id);
    if (!message) throw new Error(`a message that nobody sent: ${id}`);
    return message;
  }

  private begin(process: Process, message: Sent): void {
    this.count(process, message);
    if (!process.alive) return;
    for (const [other, since] of process.running) {
      // What hangs is waited for once: it has used up the delivery behind its own.
      const isForgotten = process.age - since >= 2;
      if (!isForgotten && (other === message || (this.ordered && other.group === message.group))) {
        this.breaches.push(`${message.id} began while ${other.id} still ran`);
      }
    }
    const before = this.ordered && this.undisposedBefore(message);
    if (before) this.breaches.push(`${message.id} began before ${before.id} was disposed of`);
  }

  private count(process: Process, message: Sent): void {
    process.begun += 1;
    if (process.begun > process.crashAt) process.alive = false;
    else message.tries += 1;
  }

  private undisposedBefore({ group, place }: Sent): Sent | undefined {
    return this.messages.find((one) => one.group === group && one.place < place && !one.disposed);
  }

  private run(process: Process, message: Sent, context: Running): HandlerResult | Promise<HandlerResult> {
    const step = message.script[message.tries - 1] ?? "ack";
    message.sink = step;
    const done = () => {
      if (process.alive) message.disposed = true;
    };
    switch (step) {
      case "ack":
        return this.later(process, message, 0, done);
      case "drop":
        done();
        return drop("not wanted");
      case "retry":
        return retry();
      case "throw":
        throw undefined;
      case "permanent":
        throw new HandlerError("INPUT_INVALID", "no order");
      case "hangs":
        process.running.set(message, process.age);
        return never();
      case "late":
        return this.later(process, message, lateMs, done);
      case "background":
      case "backgroundLate":
        context.waitUntil(this.clock.sleep(step === "background" ? 10 : lateMs).then(done));
        return undefined;
      default:
        return deadLetter("for a human");
    }
  }

  private async later(process: Process, message: Sent, delayMs: number, done: () => void): Promise<undefined> {
    process.running.set(message, process.age);
    await (delayMs > 0 ? this.clock.sleep(delayMs) : undefined);
    process.running.delete(message);
    done();
    return undefined;
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
