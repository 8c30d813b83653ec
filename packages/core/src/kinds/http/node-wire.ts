import { HandlerError } from "../../error.js";
import { type Bytes, toBytes } from "../../payload.js";
import { encodedContent, type HttpRequest } from "./request.js";

/** A request as it goes to a server of `node:http`. */
export interface NodeWireRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  /** Lines, `host` among them, without those of a connection. `content-length` is what the caller declared. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: ReadableStream<Bytes> | Uint8Array | null;
  /** What the app reads as `request.socket.remoteAddress`. */
  readonly clientIp: string | undefined;
  /** What the app reads as `request.socket.encrypted`. */
  readonly encrypted: boolean;
}

/** What a connection is about, and not a request or reply (RFC 9110, section 7.6.1). */
export const ofConnection =
  /^(?:connection|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade|http2-settings)$/;

/** A body that says it is no longer than this is taken in one piece: streams cost more, and some platforms and layers have none. Bytes. */
export const inOnePiece = 64 * 1024;

/**
 * A portable request for a server of `node:http`. The base path stays off, as it does for every portable function.
 *
 * @throws {HandlerError} METHOD_NOT_ALLOWED when it is CONNECT.
 */
export async function toNodeWire(request: HttpRequest): Promise<NodeWireRequest> {
  const head = toNodeHead(request);
  const content = encodedContent(request);
  const isShort = Number(request.headers.get("content-length") ?? Number.NaN) <= inOnePiece;
  return { ...head, body: isShort ? await content.bytes() : content.stream() };
}

/** The same without the body, which is not touched. */
export function toNodeHead(request: HttpRequest): Omit<NodeWireRequest, "body"> {
  const { method, url, path, headers, clientIp } = request;
  if (method === "CONNECT") {
    throw new HandlerError("METHOD_NOT_ALLOWED", "There is no tunnel to be had from a function.");
  }
  const mark = url.indexOf("?");
  const lines: (readonly [string, string])[] = [];
  for (const name of headers.keys()) {
    if (ofConnection.test(name) || name === "host") continue;
    for (const line of headers.getAll(name)) lines.push([name, toWireText(line)]);
  }
  const [, scheme, host = "localhost"] = /^(\w+):\/\/([^/?]+)/.exec(url) ?? [];
  return {
    method,
    target: mark < 0 ? path : path + url.slice(mark),
    headers: [["host", headers.get("host") ?? host], ...lines],
    clientIp,
    encrypted: scheme === "https",
  };
}

/** Characters as the bytes that were on the wire: a platform that decodes header fields has made characters of UTF-8. */
export function toWireText(value: string): string {
  return /^[\0-\xff]*$/.test(value) ? value : Array.from(toBytes(value), (byte) => String.fromCharCode(byte)).join("");
}

/** The body of a request, with what frames it. */
export interface FramedBody {
  readonly framing: readonly [name: "content-length" | "transfer-encoding", value: string] | undefined;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Frames a body. Its length is what it is where all of it is here, whatever the caller declared; what still arrives keeps the declared
 * length, and is cut where it is another one: more would be taken for a request of its own.
 */
export async function frameBody(
  { method, body }: Pick<NodeWireRequest, "method" | "body">,
  declared: number | undefined,
): Promise<FramedBody> {
  const chunks = body === null ? undefined : body instanceof Uint8Array ? once(body) : fromStream(body);
  const first = await chunks?.next();
  if (!chunks || first?.done !== false) {
    const mayHaveBody = method === "POST" || method === "PUT" || method === "PATCH" || declared === 0;
    return { framing: mayHaveBody ? ["content-length", "0"] : undefined, chunks: once() };
  }
  const { length } = first.value;
  if (declared === length) return { framing: ["content-length", String(length)], chunks: once(first.value) };
  // Without a declared length it may be a conversation, where nothing more comes before an answer.
  const second = declared === undefined && !(body instanceof Uint8Array) ? undefined : await chunks.next();
  if (second?.done) return { framing: ["content-length", String(length)], chunks: once(first.value) };
  const all = rest([first.value, ...(second ? [second.value] : [])], chunks, declared);
  return {
    framing: declared === undefined ? ["transfer-encoding", "chunked"] : ["content-length", String(declared)],
    chunks: all,
  };
}

async function* once(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, undefined> {
  for (const chunk of chunks) if (chunk.length > 0) yield chunk;
}

async function* fromStream(body: ReadableStream<Bytes>): AsyncGenerator<Uint8Array, undefined> {
  const reader = body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

async function* rest(
  here: readonly Uint8Array[],
  more: AsyncIterable<Uint8Array>,
  declared = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array, undefined> {
  let total = 0;
  const count = (chunk: Uint8Array): Uint8Array => {
    total += chunk.length;
    if (total > declared) throw wrongLength();
    return chunk;
  };
  for (const chunk of here) yield count(chunk);
  for await (const chunk of more) yield count(chunk);
  if (Number.isFinite(declared) && total < declared) throw wrongLength();
}

function wrongLength(): HandlerError {
  return new HandlerError("BAD_REQUEST", "The request body is not as long as its Content-Length says.");
}
