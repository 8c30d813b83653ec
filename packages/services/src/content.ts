import { type Bytes, HandlerError, type StoredObject } from "@portico/core";
import { concat, toBytes, toJson, toText } from "@portico/core/adapter";
import type { Source } from "./source.js";

/** An object with its content, which comes once and is kept only where it was asked for as a whole. */
export class Content implements StoredObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly version: string;
  readonly lastModified: Date;
  readonly contentType: string;
  readonly contentEncoding: string | undefined;
  readonly cacheControl: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  private readonly "~source": Source;
  private "~whole": Promise<Bytes> | undefined = undefined;
  private "~streamed" = false;

  constructor(key: string, source: Source) {
    const { info } = source;
    this.key = key;
    this.size = info.size;
    this.etag = info.etag;
    this.version = info.version;
    this.lastModified = info.lastModified;
    this.contentType = info.contentType;
    this.contentEncoding = info.contentEncoding;
    this.cacheControl = info.cacheControl;
    this.metadata = info.metadata;
    this["~source"] = source;
  }

  get body(): ReadableStream<Bytes> {
    if (this["~whole"] || this["~streamed"]) throw taken();
    this["~streamed"] = true;
    const source = this["~source"];
    source.taken = true;
    return new ReadableStream(
      {
        async pull(controller) {
          const { done, value } = await source.next();
          if (done) controller.close();
          else controller.enqueue(plain(value));
        },
        async cancel() {
          await source.return();
        },
      },
      // Nothing is read ahead of the reader.
      { highWaterMark: 0 },
    );
  }

  bytes(): Promise<Bytes> {
    this["~whole"] ??= this["~streamed"] ? Promise.reject(taken()) : collect(this["~source"]);
    return this["~whole"];
  }

  async text(): Promise<string> {
    return toText(await this.bytes());
  }

  async json(): Promise<unknown> {
    const bytes = await this.bytes();
    try {
      return toJson(bytes);
    } catch (cause) {
      // Whoever called is not to blame for what is stored.
      const about = `The object ${JSON.stringify(this.key)} is not JSON that can be used.`;
      throw new HandlerError("INTERNAL", about, { cause, permanent: true });
    }
  }
}

async function collect(source: Source): Promise<Bytes> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await source.next();
    // A copy, also of one chunk: SDKs hand out Buffers, which share their memory with others.
    if (done) return chunks.length === 1 ? new Uint8Array(chunks[0] as Uint8Array) : concat(chunks);
    chunks.push(value);
  }
}

/** Not a Buffer, whose `slice` means something else. */
function plain(chunk: Uint8Array): Bytes {
  return toBytes(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
}

function taken(): HandlerError {
  return new HandlerError("INTERNAL", "The object's content was already taken.", {
    hint: "Use either `body`, once, or `bytes()`, `text()` and `json()`.",
  });
}
