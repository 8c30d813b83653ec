import { HandlerError } from "../../error.js";
import { toBytes } from "../../payload.js";
import { encodedContent, type HttpRequest, LazyHttpRequest } from "./request.js";

/** A request as it goes to a server of `node:http`. */
export interface NodeWireRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  /** Lines, `host` among them, without those of a connection. `content-length` is what the caller declared. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** All of it, or what still arrives. */
  readonly body: AsyncIterable<Uint8Array> | Uint8Array | null;
  /** What the app reads as `request.socket.remoteAddress`. */
  readonly clientIp: string | undefined;
  /** What the app reads as `request.socket.encrypted`. */
  readonly encrypted: boolean;
}

/** What a connection is about, and not a request or reply (RFC 9110, section 7.6.1). */
export const ofConnection =
  /^(?:connection|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade|http2-settings)$/i;

/**
 * A portable request for a server of `node:http`. The base path stays off, as it does for every portable function. A body that still
 * arrives is not waited for.
 *
 * @throws {HandlerError} METHOD_NOT_ALLOWED when it is CONNECT; TOO_LARGE when the body is known to be over the limit.
 */
export async function toNodeWire(request: HttpRequest): Promise<NodeWireRequest> {
  const head = toNodeHead(request, spelledLines(request));
  const body = encodedContent(request).open();
  return { ...head, body: body instanceof Promise ? await body : body };
}

/** The same without the body, which is not touched. Default: lines by lower-case name. */
export function toNodeHead(
  request: HttpRequest,
  lines: Iterable<readonly [name: string, value: string]> = eachLine(request.headers),
): Omit<NodeWireRequest, "body"> {
  const { method, url, path, headers, clientIp } = request;
  if (method === "CONNECT") {
    throw new HandlerError("METHOD_NOT_ALLOWED", "There is no tunnel to be had from a function.");
  }
  const mark = url.indexOf("?");
  const [, scheme, host = "localhost"] = /^(\w+):\/\/([^/?]+)/.exec(url) ?? [];
  return {
    method,
    target: mark < 0 ? path : path + url.slice(mark),
    headers: [["host", headers.get("host") ?? host], ...withoutConnection(lines)],
    clientIp,
    encrypted: scheme === "https",
  };
}

function* withoutConnection(lines: Iterable<readonly [name: string, value: string]>) {
  for (const [name, line] of lines) {
    if (!ofConnection.test(name) && !/^host$/i.test(name)) yield [name, toWireText(line)] as const;
  }
}

function spelledLines(request: HttpRequest): Iterable<readonly [name: string, value: string]> | undefined {
  return request instanceof LazyHttpRequest ? request["~source"].spelledEntries?.() : undefined;
}

function* eachLine(headers: HttpRequest["headers"]): Iterable<readonly [string, string]> {
  for (const name of headers.keys()) for (const line of headers.getAll(name)) yield [name, line];
}

/** Characters as the bytes that were on the wire: a platform that decodes header fields has made characters of UTF-8. */
export function toWireText(value: string): string {
  return /^[\0-\xff]*$/.test(value) ? value : Array.from(toBytes(value), (byte) => String.fromCharCode(byte)).join("");
}

/** The body of a request, with what frames it. */
export interface FramedBody {
  readonly framing: readonly [name: "content-length" | "transfer-encoding", value: string] | undefined;
  /** Undefined where there are none. */
  readonly chunks: AsyncIterator<Uint8Array> | undefined;
}

/**
 * Frames a body, none of which is waited for. Its length is what it is where all of it is here, whatever the caller declared; what still
 * arrives keeps the declared length, and is cut where it is another one: more would be taken for a request of its own.
 */
export function frameBody(
  { method, body }: Pick<NodeWireRequest, "method" | "body">,
  declared: number | undefined,
): FramedBody {
  if (body === null || (body instanceof Uint8Array && body.length === 0)) {
    const mayHaveBody = method === "POST" || method === "PUT" || method === "PATCH" || declared === 0;
    return { framing: mayHaveBody ? ["content-length", "0"] : undefined, chunks: undefined };
  }
  if (body instanceof Uint8Array) {
    return { framing: ["content-length", String(body.length)], chunks: whole(body) };
  }
  return {
    framing: declared === undefined ? ["transfer-encoding", "chunked"] : ["content-length", String(declared)],
    chunks: declared === undefined ? body[Symbol.asyncIterator]() : ofLength(body, declared),
  };
}

async function* whole(body: Uint8Array): AsyncGenerator<Uint8Array, undefined> {
  yield body;
}

async function* ofLength(body: AsyncIterable<Uint8Array>, declared: number): AsyncGenerator<Uint8Array, undefined> {
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
    if (total > declared) throw wrongLength();
    yield chunk;
  }
  if (total < declared) throw wrongLength();
}

function wrongLength(): HandlerError {
  return new HandlerError("BAD_REQUEST", "The request body is not as long as its Content-Length says.");
}
