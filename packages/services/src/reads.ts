import type { Source } from "./source.js";

/** The downloads that one invocation has open, so that none of them outlives it. */
export class Reads {
  private readonly open = new Set<Source>();
  private ended = false;

  add(source: Source): void {
    this.open.add(source);
    // Work passed to `waitUntil` may still come to read it.
    if (this.ended) setImmediate(() => source.begun || source.park());
  }

  delete(source: Source): void {
    this.open.delete(source);
  }

  /**
   * The handler is done: closes what nobody reads. A streamed reply may be made of streams that were taken; these end with the reply. What
   * is closed opens again for work that goes on and reads it after all.
   */
  end(reply: unknown): void {
    this.ended = true;
    const streams = isStreamed(reply);
    for (const source of this.open) if (!(streams && source.taken)) source.park();
  }
}

function isStreamed(reply: unknown): boolean {
  const body = (reply as { readonly body?: unknown } | null | undefined)?.body;
  return typeof body === "object" && body !== null && (Symbol.asyncIterator in body || "getReader" in body);
}
