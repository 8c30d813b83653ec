import { describe, HandlerError } from "../../error.js";
import { type Buffered, toBytes } from "../../payload.js";
import { concat } from "./body.js";
import { toChunks } from "./chunks.js";
import { ofFetched } from "./encoding.js";
import {
  type HttpReply,
  type HttpReplyBody,
  type HttpReplyHeaders,
  jsonHeaders,
  type StreamSource,
} from "./http-reply.js";
import { isLatin1 } from "./latin1.js";
import { withStatusMember } from "./problem.js";
import { normalizeHeaders } from "./reply-headers.js";

/** The part of a web-standard `Response` that is read; told by its members, since naming the class would load it. */
interface ResponseLike {
  readonly status: number;
  readonly headers: Iterable<[string, string]> & { get(name: string): string | null; getSetCookie?(): string[] };
  readonly body: StreamSource | null;
  readonly bodyUsed: boolean;
  /** Empty unless it came from `fetch`. */
  readonly url?: string | undefined;
}

/**
 * What a handler or a middleware returned, as a reply that can be sent: a web-standard `Response` becomes plain data, names are lower-cased.
 *
 * @param by whose result it is, for the message
 * @throws {HandlerError} REPLY_INVALID when it is no reply, or has a status, a header or a body that cannot be sent.
 */
export function normalizeReply(result: unknown, by = "The handler"): HttpReply {
  if (typeof result !== "object" || result === null) throw invalid(`${by} returned ${describe(result)}`);
  const given = result as HttpReply | ResponseLike;
  // What `reply.json` made, as nearly all are: there is nothing to find.
  if (given.headers === jsonHeaders && typeof given.body === "string" && isStatus(given.status))
    return given as HttpReply;
  if (typeof given.headers?.get === "function") return normalizeReply(fromResponse(given as ResponseLike));
  const { status, headers, body } = given as HttpReply;
  if (!isStatus(status)) throw invalid(`The reply has the status ${String(status)}`);
  const normal = normalizeHeaders(headers ?? {}, isLatin1(given));
  if (body !== undefined && !isBody(body)) throw invalid(`The body of the reply is ${describe(body)}`);
  if (isStreamBody(body)) {
    if ((body as ReadableStream).locked) throw invalid("The body of the reply is being read already");
    bearErrors(body);
  }
  const content = withStatusMember(status, normal, body ?? null);
  return normal === headers && content === body
    ? (given as HttpReply)
    : { ...(given as HttpReply), headers: normal, body: content };
}

function isStatus(status: unknown): boolean {
  return Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 599;
}

function invalid(what: string): HandlerError {
  return new HandlerError("REPLY_INVALID", `${what}, which is not a reply that can be sent.`, {
    hint: "Return reply.json(...), another reply.*, or a web-standard Response; the status is a whole number from 200 to 599.",
  });
}

function isBody(body: unknown): body is HttpReplyBody {
  return body === null || typeof body === "string" || body instanceof Uint8Array || isStreamBody(body);
}

/** Whether a body arrives in chunks. */
export function isStreamBody(body: unknown): body is StreamSource {
  return (
    typeof body === "object" &&
    body !== null &&
    (Symbol.asyncIterator in body || typeof (body as ReadableStream).getReader === "function")
  );
}

function fromResponse(response: ResponseLike): HttpReply {
  if (response.bodyUsed) throw invalid("The body of the Response was read already");
  const fields: Record<string, string> = {};
  for (const [name, line] of response.headers) if (name !== "set-cookie") fields[name] = line;
  const headers: Record<string, string | readonly string[]> = response.url ? ofFetched(fields) : fields;
  const cookies = response.headers.getSetCookie?.() ?? [];
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  return { status: response.status, headers, body: response.body };
}

// Of any other length, clients would make what they like.
const oneNumber = /^\d{1,15}$/;

// Fields that describe one connection, which is the platform's business (RFC 9110, section 7.6.1).
const hopByHop = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];
const unwantedNames = new Set([...hopByHop, "content-length"]);

/**
 * A reply as it goes on the wire: no body where HTTP allows none, no field that belongs to the connection, and no `content-length`
 * of a body whose length is known here, or that is not one number. The answer to HEAD keeps the length of the body that GET would have.
 */
export function finishReply(method: string, response: HttpReply): HttpReply {
  return method === "HEAD" ? finishHead(response) : finish(method, response);
}

function finishHead(response: HttpReply): HttpReply {
  const { status, headers, body } = response;
  const length =
    typeof body === "string" ? toBytes(body).byteLength : body instanceof Uint8Array ? body.byteLength : undefined;
  const known = length !== undefined && status !== 204 && status !== 205 && status !== 304;
  return finish("HEAD", known ? { ...response, headers: { ...headers, "content-length": String(length) } } : response);
}

function finish(method: string, response: HttpReply): HttpReply {
  const { status, headers, body } = response;
  const bodiless = method === "HEAD" || status === 204 || status === 205 || status === 304;
  if ((!bodiless || body === null) && !hasUnwanted(headers)) return response;
  const fixedLength = !isStreamBody(body);
  const unwanted = Object.keys(headers).filter(
    (name) =>
      hopByHop.includes(name) ||
      (name === "content-length" &&
        ((method !== "HEAD" && fixedLength) || status === 204 || !oneNumber.test(String(headers[name])))),
  );
  if (unwanted.length === 0 && (!bodiless || body === null)) return response;
  if (bodiless) cancelBody(body);
  const kept =
    unwanted.length === 0
      ? headers
      : Object.fromEntries(Object.entries(headers).filter(([name]) => !unwanted.includes(name)));
  return { ...response, headers: kept, body: bodiless ? null : body };
}

function hasUnwanted(headers: HttpReplyHeaders): boolean {
  if (headers === jsonHeaders) return false;
  for (const name in headers) if (unwantedNames.has(name)) return true;
  return false;
}

/** Lets go of a body that nobody will read. Never throws. */
export function cancelBody(body: unknown): void {
  if (!isStreamBody(body)) return;
  bearErrors(body);
  try {
    toChunks(body).return().catch(ignore);
  } catch {
    // It is somebody else who reads it.
  }
}

/** Lets go of what a handler or a layer returned after it had been given up. */
export function cancelLate(result: unknown): void {
  cancelBody((result as Partial<HttpReply> | null | undefined)?.body);
}

const ignore = (): undefined => undefined;

/** A stream of Node's that fails while nobody reads it, or after it was let go, would end the process. Who reads it gets the error. */
function bearErrors(body: StreamSource): void {
  if ("getReader" in body) return;
  const { on, off } = body as { on?: unknown; off?: unknown };
  if (typeof on !== "function" || typeof off !== "function") return;
  off.call(body, "error", ignore);
  on.call(body, "error", ignore);
}

/**
 * A body in one piece, for platforms that cannot stream.
 *
 * @throws {HandlerError} REPLY_INVALID when it is longer than the limit (bytes).
 */
export async function collectBody(body: HttpReplyBody, limit: number): Promise<Buffered | null> {
  if (!isStreamBody(body)) return body;
  const chunks = await toChunks(body).collect(limit);
  if (chunks) return concat(chunks);
  throw new HandlerError(
    "REPLY_INVALID",
    `The streamed reply is over ${limit} bytes, and this platform sends it in one piece.`,
    {
      hint: "Switch the adapter to response streaming where the platform has it, or send a link to the content.",
    },
  );
}
