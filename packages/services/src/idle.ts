/** A read whose connection can be closed, and that opens another when somebody reads on. */
export interface Parkable {
  /** Whether any of its content was asked for. */
  readonly begun: boolean;
  /** Closes the connection. Never fails. */
  park(): void;
}

/** Milliseconds that a reader may take between two chunks before its connection can go to others. */
const pauseMs = 1000;

/**
 * The reads of one provider that hold a connection while nobody waits for them. An SDK has a fixed number of connections, 50 for S3, and a
 * body that nobody reads keeps its own: over the bound, the ones that wait longest are parked.
 */
export class IdleReads {
  private readonly max: number;
  private readonly since = new Map<Parkable, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param max how many may stay open */
  constructor(max: number) {
    this.max = max;
  }

  /** From now on nobody waits for it. */
  enter(read: Parkable): void {
    this.since.set(read, performance.now());
    // The timer looks at readers that pause; those that never began are the ones that may never come.
    if (this.since.size > this.max && !(this.timer && read.begun)) this.trim();
  }

  leave(read: Parkable): void {
    this.since.delete(read);
  }

  private trim(): void {
    let over = this.since.size - this.max;
    const now = performance.now();
    for (const [read, since] of this.since) {
      if (over <= 0) return;
      if (read.begun && now - since < pauseMs) continue;
      this.since.delete(read);
      read.park();
      over -= 1;
    }
    if (over <= 0 || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.trim();
    }, pauseMs);
    this.timer.unref();
  }
}
