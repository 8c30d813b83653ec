import type { Writable } from "node:stream";

/** The content type by which a stream says that a prelude stands before its body. */
export const preludeType = "application/vnd.awslambda.http-integration-response";

/** What a streaming handler writes to: as the runtime's own, a `Writable` with a content type. */
export interface NativeResponseStream extends Writable {
  setContentType(type: string): void;
  /** How `HttpResponseStream.from` leaves its prelude, which goes before the first write. */
  _onBeforeFirstWrite?: ((write: (chunk: string | Uint8Array) => unknown) => void) | undefined;
}

type Chunk = Uint8Array | undefined;

/** The two ends of a streamed response. The handler is held up while nobody reads. */
export class ResponsePipe {
  readonly stream: NativeResponseStream;
  contentType = "application/octet-stream";
  /** Whether the handler has ended its stream, or it was broken off. */
  isOver = false;
  private held: { readonly chunk: Uint8Array; readonly taken: () => void } | undefined = undefined;
  private reader: { resolve(chunk: Chunk): void; reject(error: unknown): void } | undefined = undefined;
  private failure: { readonly error: unknown } | undefined = undefined;
  private discarding = false;

  /** `highWaterMark` in bytes; default: Node's own. */
  constructor(highWaterMark: number | undefined) {
    const { Writable } = process.getBuiltinModule("node:stream");
    const inner = new Writable({
      ...(highWaterMark !== undefined && { highWaterMark }),
      write: (chunk: Uint8Array, _encoding, taken) => this.take(chunk, taken),
      final: (finished) => {
        this.isOver = true;
        this.reader?.resolve(undefined);
        finished();
      },
    });
    inner.on("error", (error) => this.breakOff(error));
    inner.on("close", () => this.breakOff(new Error("The response stream was closed before its end.")));
    this.stream = withPrelude(inner, (type) => {
      this.contentType = type;
    });
  }

  /** The next chunk; undefined at the end. Rejects when the response was broken off. */
  next(): Promise<Chunk> {
    const { held, failure } = this;
    if (failure) return Promise.reject(failure.error);
    if (held) {
      this.held = undefined;
      held.taken();
      return Promise.resolve(held.chunk);
    }
    if (this.isOver) return Promise.resolve(undefined);
    return new Promise<Chunk>((resolve, reject) => {
      this.reader = { resolve, reject };
    });
  }

  /** Ends a response that has not ended, with an error for the reader. */
  breakOff(error: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.failure = { error };
    this.reader?.reject(error);
    this.discard();
  }

  /** Nobody reads on. The handler is not told, as at home: what it writes goes nowhere. */
  discard(): void {
    this.discarding = true;
    this.held?.taken();
    this.held = undefined;
  }

  private take(chunk: Uint8Array, taken: () => void): void {
    const { reader } = this;
    if (this.discarding) taken();
    else if (reader) {
      this.reader = undefined;
      reader.resolve(chunk);
      taken();
    } else this.held = { chunk, taken };
  }
}

/** What the runtime adds to a stream: a content type, objects as JSON, a prelude before the first byte. */
function withPrelude(inner: Writable, setContentType: (type: string) => void): NativeResponseStream {
  const stream = Object.assign(inner, { setContentType }) as NativeResponseStream;
  const write = inner.write.bind(inner) as (chunk: unknown, ...rest: unknown[]) => boolean;
  const end = inner.end.bind(inner) as (...given: unknown[]) => NativeResponseStream;
  let begun = false;
  const begin = (): void => {
    if (!begun) stream._onBeforeFirstWrite?.((chunk) => write(chunk));
    begun = true;
  };
  const overrides = {
    write: (chunk: unknown, ...rest: unknown[]): boolean => {
      begin();
      return write(isPlain(chunk) ? JSON.stringify(chunk) : chunk, ...rest);
    },
    // The runtime forgets the prelude of a stream that ends without a write; it is sent here.
    end: (...given: unknown[]): NativeResponseStream => {
      begin();
      const [chunk, ...rest] = given;
      return end(isPlain(chunk) ? JSON.stringify(chunk) : chunk, ...rest);
    },
  };
  return Object.assign(stream, overrides as unknown as Pick<Writable, "write" | "end">);
}

function isPlain(chunk: unknown): boolean {
  return typeof chunk === "object" && chunk !== null && !ArrayBuffer.isView(chunk);
}
