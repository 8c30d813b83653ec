import type { Chunks } from "@portico/core/adapter";
import type { IdleReads } from "./idle.js";
import type { Download, Facts, Provider, Range, Reading } from "./provider.js";
import type { Reads } from "./reads.js";
import { untilAborted } from "./signal.js";

/** How often a download is taken up again where its connection broke. */
const maxResumes = 3;
/** Bytes: what is shorter comes with the answer, so that it holds no connection at all. */
const smallBytes = 64 * 1024;

const end = { done: true, value: undefined } as const;

export interface SourceOptions {
  readonly reading: Reading;
  /** {@link Provider.silenceMs} */
  readonly silenceMs: number;
  /** Those of the provider. */
  readonly idle: IdleReads;
  /** Those of the invocation. */
  readonly reads: Reads | undefined;
  /** Asks for the object, or a part of it. */
  open(reading: Reading): Promise<Download>;
  /** Whether a failed read may do better when it is taken up again. */
  isTransient(error: unknown): boolean;
  /** Shapes what a read rejects with. */
  fail(error: unknown): unknown;
}

/**
 * The chunks of a download. It is taken up again where the connection broke, or where it was parked because nobody read: at that byte, and
 * of that version.
 */
export class Source {
  readonly info: Facts;
  /** Whether its content was asked for as a stream, which may be the reply's. */
  taken = false;
  begun = false;
  /** Undefined while it holds no connection. */
  private chunks: Chunks | undefined;
  private readonly ready: Uint8Array[] = [];
  private over = false;
  private waiting = false;
  private resumes = 0;
  private at: number;
  private readonly end: number;
  private readonly options: SourceOptions;
  private readonly onAbort = () => this.park();

  constructor({ info, chunks }: Download, options: SourceOptions) {
    const { range } = options.reading;
    this.info = info;
    this.options = options;
    this.at = range?.start ?? 0;
    this.end = Math.min(range?.end ?? info.size, info.size);
    this.hold(chunks);
  }

  /** Reads what is small to its end; of what is large, nothing before it is asked for. */
  async begin(): Promise<this> {
    if (this.options.reading.signal.aborted) this.park();
    if (this.end - this.at > smallBytes) {
      this.options.idle.enter(this);
      return this;
    }
    for (let read = await this.step(); !read.done; read = await this.step()) this.ready.push(read.value);
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.begun = true;
    const ready = this.ready.shift();
    if (ready) return { done: false, value: ready };
    this.options.idle.leave(this);
    const result = await this.step();
    if (this.chunks) this.options.idle.enter(this);
    return result;
  }

  /** Ends it, and lets go of the connection. */
  async return(): Promise<void> {
    this.over = true;
    this.ready.length = 0;
    await this.release();
  }

  /** Lets go of the connection until somebody reads on; not where somebody waits for it. */
  park(): void {
    if (!this.waiting) this.release().catch(() => undefined);
  }

  private hold(chunks: Chunks): void {
    this.chunks = chunks;
    this.options.reads?.add(this);
    this.options.reading.signal.addEventListener("abort", this.onAbort, { once: true });
  }

  private async release(): Promise<void> {
    const { chunks } = this;
    if (!chunks) return;
    this.chunks = undefined;
    const { idle, reads, reading } = this.options;
    idle.leave(this);
    reads?.delete(this);
    reading.signal.removeEventListener("abort", this.onAbort);
    await chunks.return();
  }

  private async step(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.waiting = true;
    try {
      const result = await this.read();
      if (result.done) {
        this.over = true;
        await this.release().catch(() => undefined);
      }
      return result;
    } catch (error) {
      await this.return().catch(() => undefined);
      throw this.options.fail(error);
    } finally {
      this.waiting = false;
    }
  }

  private async read(): Promise<IteratorResult<Uint8Array, undefined>> {
    const { reading, isTransient } = this.options;
    for (;;) {
      // All of it has come, too: a range of nothing would be answered with everything.
      if (this.over || (!this.chunks && this.at >= this.end)) return end;
      try {
        const { chunks } = this;
        if (!chunks) {
          await this.reopen();
          continue;
        }
        const result = await this.wait(chunks);
        if (this.over) return end;
        if (result.done && this.at < this.end)
          throw Object.assign(new Error("Premature close"), { code: "ECONNRESET" });
        this.at += result.value?.byteLength ?? 0;
        return result;
      } catch (error) {
        if (!reading.signal.aborted && this.at >= this.end) return end;
        if (reading.signal.aborted || this.resumes === maxResumes || !isTransient(error)) throw error;
        this.resumes += 1;
        await this.release().catch(() => undefined);
      }
    }
  }

  private async reopen(): Promise<void> {
    const { reading, open } = this.options;
    reading.signal.throwIfAborted();
    const range: Range = { start: this.at, end: this.end };
    const { chunks } = await open({ ...reading, range, ifMatch: this.info.etag, ifNoneMatch: undefined });
    if (this.over) await chunks.return();
    else this.hold(chunks);
  }

  /** The next chunk. Only what is waited for is late: a reader may take its time. */
  private async wait(chunks: Chunks): Promise<IteratorResult<Uint8Array, undefined>> {
    const { silenceMs, reading } = this.options;
    const next = untilAborted(chunks.next(), reading.signal);
    if (silenceMs === Number.POSITIVE_INFINITY) return next;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silent = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(Object.assign(new Error("No more data came"), { code: "ETIMEDOUT" })), silenceMs);
    });
    try {
      return await Promise.race([next, silent]);
    } finally {
      clearTimeout(timer);
    }
  }
}
