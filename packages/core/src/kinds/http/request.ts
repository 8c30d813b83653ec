import { HandlerError } from "../../error.js";
import { type Bytes, toBytes } from "../../payload.js";
import { ShownEvent } from "../../printed.js";
import { defaultBodyLimit, LazyBody } from "./body.js";
import { parseCookies } from "./cookies.js";
import { encodedBody, isEncoded } from "./encoding.js";
import { type HttpHeaders, LazyHeaders } from "./headers.js";
import type { HttpReply } from "./http-reply.js";
import type { Identity } from "./identity.js";
import { type ReadOrigin, requestOrigin } from "./public-url.js";
import type { HttpSource } from "./source.js";

/**
 * An HTTP request, the same on every platform. It reads like a fetch `Request`; nothing is decoded before it is asked for.
 * The body is kept, so it may be read again, in another form too.
 */
export interface HttpRequest<P extends object = Record<string, string>> {
  readonly kind: "http";
  /** The platform's request id. */
  readonly id: string;
  /** Where the request came in: an API's or a function's name as the platform has it. */
  readonly source: string;
  readonly time: Date;
  /** The platform's own event or request, untouched. */
  readonly native: unknown;
  /** Upper case. */
  readonly method: string;
  /** Absolute: scheme, host, {@link HttpRequest.path} and query. The host is the client's word, unless the adapter's `publicUrl` says it. */
  readonly url: string;
  /** Percent-encoded in one canonical spelling, without stage, base path or route prefix. */
  readonly path: string;
  /** What the platform put before the path and the adapter took off: `""`, or `/prefix`. A public link is origin, basePath, path. */
  readonly basePath: string;
  /** The parameters of the path template, decoded. */
  readonly params: Readonly<P>;
  /** The query, repeated names kept. Invalid percent-encoding is read as a URL's: as it stands. */
  readonly query: URLSearchParams;
  readonly headers: HttpHeaders;
  /** Cookies by name, decoded, without a prototype; the first of equal names. */
  readonly cookies: Readonly<Record<string, string | undefined>>;
  /** The address of the client, as the platform saw it or as trusted proxies reported it. Never taken from a header anybody can send. */
  readonly clientIp: string | undefined;
  /** Who the platform's own authorizer says is calling. */
  readonly identity: Identity | undefined;
  /**
   * The body as chunks, null when there is none. A body that is still arriving can be taken once.
   *
   * @throws {HandlerError} UNSUPPORTED_MEDIA_TYPE when the body is compressed and no platform inflates it (so do the readers below).
   */
  readonly body: ReadableStream<Bytes> | null;
  /** @throws {HandlerError} TOO_LARGE when the body is over the limit (so do the readers below). */
  text(): Promise<string>;
  /** @throws {HandlerError} BAD_REQUEST when the body is not JSON. */
  json(): Promise<unknown>;
  bytes(): Promise<Bytes>;
  /** @throws {HandlerError} UNSUPPORTED_MEDIA_TYPE when it is no form, BAD_REQUEST when the form is broken. */
  formData(): Promise<FormData>;
  /** A web-standard `Request`. The first one in a process costs tens of milliseconds of start-up. */
  toRequest(init?: { readonly signal?: AbortSignal | undefined }): Request;
}

/** How an adapter lets a function know that the request is not for it: thrown or answered inside all layers. */
export type Miss = HttpReply | Error;

/** A request over a native one. Adapters make it with a source; nothing is read until asked for. */
export class LazyHttpRequest extends ShownEvent implements HttpRequest {
  readonly kind = "http";
  readonly "~source": HttpSource;
  readonly "~miss": Miss | undefined;
  readonly "~limit": number;
  readonly "~readOrigin": ReadOrigin;
  /** What was read of the request is kept here, so that it is read once, however many functions see it. */
  "~root": LazyHttpRequest;
  private "~params": Readonly<Record<string, string>> | undefined;
  private "~path": string | undefined = undefined;
  private "~headers": HttpHeaders | undefined = undefined;
  private "~cookies": Readonly<Record<string, string>> | undefined = undefined;
  private "~query": URLSearchParams | undefined = undefined;
  private "~body": LazyBody | undefined = undefined;

  constructor(
    source: HttpSource,
    params?: Readonly<Record<string, string>>,
    miss?: Miss,
    bodyLimit: number = defaultBodyLimit,
    readOrigin: ReadOrigin = requestOrigin,
  ) {
    super();
    this["~source"] = source;
    this["~params"] = params;
    this["~miss"] = miss;
    this["~limit"] = bodyLimit;
    this["~readOrigin"] = readOrigin;
    this["~root"] = this;
  }

  /** Whether the path fits the template of the function. */
  get "~isMatched"(): boolean {
    return this["~params"] !== undefined;
  }

  get id(): string {
    return this["~source"].id();
  }

  get source(): string {
    return this["~source"].origin();
  }

  get time(): Date {
    return this["~source"].time();
  }

  get native(): unknown {
    return this["~source"].native;
  }

  get method(): string {
    return this["~source"].method();
  }

  get path(): string {
    this["~path"] ??= this["~source"].path();
    return this["~path"];
  }

  get basePath(): string {
    return this["~source"].basePath();
  }

  get url(): string {
    const source = this["~source"];
    const query = source.queryString();
    return `${this["~readOrigin"](source)}${this.path}${query === "" ? "" : `?${query}`}`;
  }

  get params(): Readonly<Record<string, string>> {
    this["~params"] ??= Object.create(null) as Record<string, string>;
    return this["~params"];
  }

  get query(): URLSearchParams {
    const root = this["~root"];
    // The parser drops one leading question mark; a second one belongs to the first name.
    root["~query"] ??= new URLSearchParams(`?${root["~source"].queryString()}`);
    return root["~query"];
  }

  get headers(): HttpHeaders {
    const root = this["~root"];
    root["~headers"] ??= new LazyHeaders(root["~source"]);
    return root["~headers"];
  }

  get cookies(): Readonly<Record<string, string | undefined>> {
    const root = this["~root"];
    root["~cookies"] ??= parseCookies(root["~source"].header("cookie") ?? null);
    return root["~cookies"];
  }

  get clientIp(): string | undefined {
    return this["~source"].clientIp();
  }

  get identity(): Identity | undefined {
    return this["~source"].identity();
  }

  get body(): ReadableStream<Bytes> | null {
    return this["~plain"]().stream();
  }

  text(): Promise<string> {
    return this["~read"]((body) => body.text());
  }

  json(): Promise<unknown> {
    return this["~read"]((body) => body.json());
  }

  bytes(): Promise<Bytes> {
    return this["~read"]((body) => body.bytes());
  }

  formData(): Promise<FormData> {
    return this["~read"]((body) => body.formData(this.headers.get("content-type")));
  }

  toRequest(init: { readonly signal?: AbortSignal | undefined } = {}): Request {
    const { method } = this;
    if (method === "TRACE" || method === "CONNECT" || method === "TRACK") {
      const headers = { allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" };
      throw new HandlerError("METHOD_NOT_ALLOWED", `A web-standard Request cannot have the method ${method}.`, {
        headers,
      });
    }
    const headers = new Headers();
    for (const [name, value] of this["~source"].headerEntries()) headers.append(name, toByteString(value));
    const body = method === "GET" || method === "HEAD" ? null : this["~content"]().stream();
    // `duplex` is required with a stream body and not yet in every version of the types.
    const options = { method, headers, body, duplex: "half", ...(init.signal && { signal: init.signal }) };
    return new Request(this.url, options as RequestInit);
  }

  // A source may throw, at broken base64 say: for readers of the body that is a rejection.
  private "~read"<T>(read: (body: LazyBody) => Promise<T>): Promise<T> {
    try {
      return read(this["~plain"]());
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** @throws {HandlerError} UNSUPPORTED_MEDIA_TYPE when the body is compressed. */
  private "~plain"(): LazyBody {
    const content = this["~content"]();
    if (content.hasContent && isEncoded(this["~source"].header("content-encoding"))) throw encodedBody();
    return content;
  }

  /** The body as it came, compressed where `content-encoding` says so: for what reads HTTP itself. */
  "~content"(): LazyBody {
    const root = this["~root"];
    root["~body"] ??= new LazyBody(root["~source"].body(), root["~limit"]);
    return root["~body"];
  }
}

/** The body as it came, for what reads HTTP itself and knows `content-encoding`: apps of `node:http`, functions in their cloud's own form. */
export function encodedContent(request: HttpRequest): Pick<LazyBody, "bytes" | "open" | "stream"> {
  if (request instanceof LazyHttpRequest) return request["~content"]();
  return {
    bytes: () => request.bytes(),
    open: () => (request.body === null ? null : request.bytes()),
    stream: () => request.body,
  };
}

/**
 * The same request as another function of a router sees it: its own parameters, the same body, headers and query. With `source`, the
 * path is told anew, as behind a base path.
 */
export function withParams(
  request: HttpRequest,
  params: Readonly<Record<string, string>> | undefined,
  miss?: Miss,
  source?: HttpSource,
): HttpRequest {
  if (!(request instanceof LazyHttpRequest)) {
    return Object.create(request, { params: { value: params, enumerable: true }, "~miss": { value: miss } });
  }
  const inner = new LazyHttpRequest(
    source ?? request["~source"],
    params,
    miss,
    request["~limit"],
    request["~readOrigin"],
  );
  inner["~root"] = request["~root"];
  return inner;
}

// A platform that decodes header fields delivers characters; web-standard ones hold the bytes that were on the wire.
function toByteString(value: string): string {
  return /^[\0-\xff]*$/.test(value) ? value : Array.from(toBytes(value), (byte) => String.fromCharCode(byte)).join("");
}
