import type { Context, InvocationContext } from "../context.js";
import { inTime } from "../deadline.js";
import { HandlerError } from "../error.js";
import type { NeutralEvent } from "../kinds/neutral-event.js";
import { errorFields, type LogFields } from "../log.js";
import type { Delivery } from "./delivery.js";

/** Milliseconds: the longest that Lambda gives a function. */
const defaultAbandonedAfterMs = 900_000;

/**
 * What is still running in this process, by message or group: handlers that went on after their deadline, and, where a platform may deliver
 * again what still runs, every message. The next one under a key waits for it. When that wait has used up a delivery, or a stated time, the
 * handler that hangs is logged and forgotten: it must not stop its message, or its group, for the life of the process.
 */
export class InFlight {
  /** Whether one delivery may begin before another has ended: then all are tracked, not the abandoned alone. */
  readonly tracksAll: boolean;
  private readonly abandonedAfterMs: number;
  private readonly stays = new Map<string, Stay>();

  constructor(tracksAll = false, abandonedAfterMs = defaultAbandonedAfterMs) {
    this.tracksAll = tracksAll;
    this.abandonedAfterMs = abandonedAfterMs;
  }

  /** Whether nothing has to be looked up, or entered. */
  get isIdle(): boolean {
    return !this.tracksAll && this.stays.size === 0;
  }

  get(key: string): Stay | undefined {
    return this.stays.get(key);
  }

  /** Takes the place under a key; whoever comes next waits for this stay. */
  enter(key: string, context: InvocationContext): Stay {
    return this.keep(key, new Stay(context));
  }

  /** Has the next one under a key wait for a handler that goes on, beside what it would wait for already. */
  abandon(key: string, handler: PromiseLike<unknown>, context: InvocationContext): void {
    const stay = new Stay(context);
    const other = this.stays.get(key);
    if (other) stay.abandon(other.over);
    stay.abandon(handler);
    this.keep(key, stay);
    stay.leave();
    this.sweep();
  }

  /**
   * Waits for what runs under a key. Gives the error with which to end when the time of `context` was up first; `own` is the stay of whoever
   * waits, where there is one.
   */
  async wait(
    before: Stay,
    { key, own, context, fields }: { key: string; own: Stay | undefined; context: Context; fields: LogFields },
  ): Promise<HandlerError | undefined> {
    const startMs = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Counted from the end of its time, so that what comes once a day is not held up at all.
    const limitMs = this.abandonedAfterMs - (startMs - (before.abandonedMs ?? startMs));
    const stated = new Promise<"late">((resolve) => {
      const look = (): void => {
        // What is well within its time is not hung, however long that is.
        if (before.isHung || before.isEndless) resolve("late");
        else timer = setTimeout(look, this.abandonedAfterMs);
      };
      timer = setTimeout(look, Math.max(0, limitMs));
    });
    let error: HandlerError | undefined;
    try {
      if ((await inTime(() => Promise.race([before.over, stated]), context)) !== "late") return undefined;
    } catch (cause) {
      error = stillRunning(cause);
    } finally {
      clearTimeout(timer);
    }
    if (error && !before.isHung) {
      // It is only busy, behind others perhaps: who comes next waits for it, too.
      own?.standBehind(before);
      return error;
    }
    this.forget(key, before);
    context.log.error("an earlier handler does not end, and is no longer waited for", {
      ...fields,
      waitedMs: Math.round(performance.now() - startMs),
      error: error && errorFields(error),
    });
    return error;
  }

  /** Those whose messages do not come back to this process are looked up by none. They stand in the order of their beginning. */
  private sweep(): void {
    const nowMs = performance.now();
    for (const [key, { abandonedMs }] of this.stays) {
      if (abandonedMs === undefined || nowMs - abandonedMs < this.abandonedAfterMs) return;
      this.stays.delete(key);
    }
  }

  private keep(key: string, stay: Stay): Stay {
    // At the end, where the youngest stand.
    this.stays.delete(key);
    this.stays.set(key, stay);
    void stay.over.then(() => this.forget(key, stay));
    return stay;
  }

  private forget(key: string, stay: Stay): void {
    if (this.stays.get(key) === stay) this.stays.delete(key);
  }
}

/** From the beginning of a message, or of a group within one delivery, to its end: with the handlers that go on after it. */
export class Stay {
  /** Resolves when nothing of it is running. */
  readonly over: Promise<unknown>;
  /** When its time was up and a handler went on, by a clock that nobody sets. Milliseconds. */
  abandonedMs: number | undefined = undefined;
  /** Let go of as soon as it says nothing more: it holds the native event. */
  private context: InvocationContext | undefined;
  private readonly handlers: PromiseLike<unknown>[] = [];
  private behind: Stay | undefined = undefined;
  private resolve!: (value: unknown) => void;

  constructor(context: InvocationContext) {
    this.context = context;
    this.over = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  /** Whether what runs has had its time, and did not end. */
  get isHung(): boolean {
    return this.behind ? this.behind.isHung : this.handlers.length > 0 || this.context?.["~isAborted"] === true;
  }

  /** Whether what runs has as much time as it likes. */
  get isEndless(): boolean {
    return this.behind ? this.behind.isEndless : this.context?.["~isEndless"] === true;
  }

  /** A handler goes on after its deadline. */
  abandon(handler: PromiseLike<unknown>): void {
    this.handlers.push(handler);
    this.abandonedMs ??= performance.now();
    this.context = undefined;
  }

  /** Its turn did not come: it is over when the one before it is. */
  standBehind(before: Stay): void {
    this.behind = before;
  }

  /** Nothing more begins in this stay. */
  leave(): void {
    const running = this.behind ? [this.behind.over] : this.handlers;
    this.resolve(running.length === 0 ? undefined : Promise.allSettled(running));
  }
}

/** The stays of one delivery, entered all at once: what is delivered later stands behind all of it, begun or not. */
export class Places<E extends NeutralEvent> {
  private readonly byKey = new Map<string, { readonly before: Stay | undefined; readonly stay: Stay }>();

  constructor(deliveries: readonly Delivery<E>[], inFlight: InFlight) {
    for (const delivery of deliveries) {
      const key = keyOf(delivery);
      if (this.byKey.has(key)) continue;
      const before = inFlight.get(key);
      this.byKey.set(key, { before, stay: inFlight.enter(key, delivery.context) });
    }
  }

  get(key: string): { readonly before: Stay | undefined; readonly stay: Stay } | undefined {
    return this.byKey.get(key);
  }

  /** Nothing more of the delivery begins. */
  leave(): void {
    for (const { stay } of this.byKey.values()) stay.leave();
  }
}

function stillRunning(cause: unknown): HandlerError {
  return new HandlerError("UNAVAILABLE", "An earlier delivery of this message, or of its group, is still running.", {
    hint: "The function did not begin this time.",
    cause,
  });
}

/** What an event shares with those that may not run beside it: its group, or its own id. */
export function keyOf<E extends NeutralEvent>({ record: { group }, event }: Delivery<E>): string {
  return group === undefined ? `message ${event.source} ${event.id}` : `group ${group}`;
}

/** Waits for what an earlier delivery of a message, or of its group, left in flight. */
export async function waitInFlight<E extends NeutralEvent>(
  inFlight: InFlight,
  before: Stay,
  own: Stay | undefined,
  delivery: Delivery<E>,
): Promise<HandlerError | undefined> {
  const { context, record, event } = delivery;
  const fields = { id: event.id, group: record.group };
  return inFlight.wait(before, { key: keyOf(delivery), own, context, fields });
}
