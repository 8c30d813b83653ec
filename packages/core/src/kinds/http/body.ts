import { toAsciiLowerCase, trimWhiteSpace } from "../../ascii.js";
import { HandlerError } from "../../error.js";
import { type Buffered, type Bytes, toBytes, toJson, toText } from "../../payload.js";
import type { HttpSourceBody } from "./source.js";

/** What Lambda takes; a function that keeps to it runs everywhere. Bytes. */
export const defaultBodyLimit = 6 * 1024 * 1024;

/** A request body that is read once, however often it is asked for. */
export class LazyBody {
  private readonly given: HttpSourceBody;
  private readonly limit: number;
  private buffered: Promise<Buffered> | undefined = undefined;
  private streamed = false;

  constructor(given: HttpSourceBody, limit: number) {
    this.given = given;
    this.limit = limit;
  }

  /** Whether there can be any. */
  get hasContent(): boolean {
    const { given } = this;
    return given !== null && (isStream(given) || given.length > 0);
  }

  text(): Promise<string> {
    return this.as(toText);
  }

  json(): Promise<unknown> {
    return this.as(toJson);
  }

  bytes(): Promise<Bytes> {
    return this.as(toBytes);
  }

  /** Multipart and urlencoded forms are read by the platform's own `Response.formData()`: the first use loads the web classes. */
  async formData(contentType: string | null): Promise<FormData> {
    const type = toAsciiLowerCase(trimWhiteSpace(contentType?.split(";", 1)[0] ?? ""));
    if (type !== "multipart/form-data" && type !== "application/x-www-form-urlencoded") {
      throw new HandlerError(
        "UNSUPPORTED_MEDIA_TYPE",
        "A form was expected: multipart/form-data or application/x-www-form-urlencoded.",
      );
    }
    const bytes = await this.bytes();
    try {
      return await new Response(bytes, { headers: { "content-type": contentType ?? "" } }).formData();
    } catch (cause) {
      throw new HandlerError("BAD_REQUEST", "The body is not a valid form.", { cause });
    }
  }

  /** The body as chunks: those that are still arriving, once; or what has been read already. */
  stream(): ReadableStream<Bytes> | null {
    const { given } = this;
    if (!this.hasContent) return null;
    if (this.buffered || !isStream(given)) return oneChunk(() => this.bytes());
    if (this.streamed) throw alreadyRead();
    this.streamed = true;
    return fromIterable(limited(given, this.limit));
  }

  // Not async, since a body that is here already should cost one promise and not four.
  private as<T>(convert: (body: Buffered) => T): Promise<T> {
    const { given, limit } = this;
    if (isStream(given)) {
      this.buffered ??= this.collect(given);
      return this.buffered.then(convert);
    }
    try {
      return Promise.resolve(convert(given === null ? "" : checkLength(given, limit)));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  private async collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffered> {
    if (this.streamed) throw alreadyRead();
    this.streamed = true;
    return concat(await collectChunks(limited(chunks, this.limit)));
  }
}

function checkLength(body: Buffered, limit: number): Buffered {
  // A string's UTF-8 form is at most three times as long as the string.
  const length = typeof body === "string" && body.length * 3 > limit ? toBytes(body).byteLength : body.length;
  if (length > limit) throw tooLarge(limit);
  return body;
}

function isStream(body: HttpSourceBody): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

function alreadyRead(): HandlerError {
  return new HandlerError("INTERNAL", "The request body was already handed out as a stream.", {
    hint: "Use either `body` or `text()`, `json()`, `bytes()` and `formData()`, or read the body before taking the stream.",
  });
}

/** The error for a body over the limit. */
export function tooLarge(limit: number): HandlerError {
  return new HandlerError("TOO_LARGE", `The request body is over the limit of ${limit} bytes.`);
}

async function* limited(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Bytes> {
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.byteLength;
    if (total > limit) throw tooLarge(limit);
    yield toBytes(chunk);
  }
}

async function collectChunks(chunks: AsyncIterable<Bytes>): Promise<Bytes[]> {
  const all: Bytes[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

/** Several chunks as one. */
export function concat(chunks: readonly Uint8Array[]): Bytes {
  const [first] = chunks;
  if (chunks.length === 1 && first) return toBytes(first);
  const whole = new Uint8Array(chunks.reduce((total, { byteLength }) => total + byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

function oneChunk(read: () => Promise<Bytes>): ReadableStream<Bytes> {
  return new ReadableStream({
    async pull(controller) {
      controller.enqueue(await read());
      controller.close();
    },
  });
}

function fromIterable(chunks: AsyncGenerator<Bytes>): ReadableStream<Bytes> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}
