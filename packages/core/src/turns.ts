/**
 * Deliveries of the same message, or of the same group, one after the other within this process: where a platform delivers again what it
 * takes for lost, the first one may still run.
 */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Takes the next turn under each key. `ready` resolves when all before have ended; call `end` in any case. */
  take(keys: readonly string[]): { readonly ready: Promise<unknown> | undefined; end(): void } {
    const before = keys.flatMap((key) => this.last.get(key) ?? []);
    const ready = before.length === 0 ? undefined : Promise.all(before);
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const turn = Promise.all([ready, over]).then(() => {
      for (const key of keys) if (this.last.get(key) === turn) this.last.delete(key);
    });
    for (const key of keys) this.last.set(key, turn);
    return { ready, end };
  }
}
