import type { Chunks } from "@portico/core/adapter";
import type { Download, Facts, Provider, Range, Reading } from "./provider.js";
import { untilAborted } from "./signal.js";

/** How often a download is taken up again where its connection broke. */
const mostResumes = 3;

export interface SourceOptions {
  readonly reading: Reading;
  /** {@link Provider.silenceMs} */
  readonly silenceMs: number;
  /** Asks for the object, or a part of it. */
  open(reading: Reading): Promise<Download>;
  /** Whether a failed read may do better when it is taken up again. */
  isTransient(error: unknown): boolean;
  /** Shapes what a read rejects with. */
  fail(error: unknown): unknown;
}

/** The chunks of a download, taken up again where the connection broke, at that byte and of that version. */
export class Source {
  readonly info: Facts;
  private chunks: Chunks;
  private resumes = 0;
  private at: number;
  private readonly end: number;
  private readonly options: SourceOptions;

  constructor({ info, chunks }: Download, options: SourceOptions) {
    const { range } = options.reading;
    this.info = info;
    this.chunks = chunks;
    this.options = options;
    this.at = range?.start ?? 0;
    this.end = Math.min(range?.end ?? info.size, info.size);
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      return await this.read();
    } catch (error) {
      await this.return().catch(() => undefined);
      throw this.options.fail(error);
    }
  }

  /** Lets go of the connection. */
  async return(): Promise<void> {
    await this.chunks.return();
  }

  private async read(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      try {
        const result = await this.wait();
        if (result.done && this.at < this.end)
          throw Object.assign(new Error("Premature close"), { code: "ECONNRESET" });
        this.at += result.value?.byteLength ?? 0;
        return result;
      } catch (error) {
        const { reading, open } = this.options;
        // All of it has come; a range of nothing would be answered with everything.
        if (!reading.signal.aborted && this.at >= this.end) {
          await this.return().catch(() => undefined);
          return { done: true, value: undefined };
        }
        if (reading.signal.aborted || this.resumes === mostResumes || !this.options.isTransient(error)) throw error;
        this.resumes += 1;
        await this.return().catch(() => undefined);
        const range: Range = { start: this.at, end: this.end };
        ({ chunks: this.chunks } = await open({ ...reading, range, ifMatch: this.info.etag, ifNoneMatch: undefined }));
      }
    }
  }

  /** The next chunk. Only what is waited for is late: a reader may take its time. */
  private async wait(): Promise<IteratorResult<Uint8Array, undefined>> {
    const { silenceMs, reading } = this.options;
    const next = untilAborted(this.chunks.next(), reading.signal);
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
