import { HandlerError } from "../../error.js";
import { defaultBodyLimit, tooLarge } from "./body.js";
import { forwardedFor, forwardedValue, toAddress } from "./forwarded.js";
import { joinLines } from "./headers.js";
import type { Identity } from "./identity.js";
import { canonicalPath, isBehind } from "./path.js";
import type { HttpSource, HttpSourceBody } from "./source.js";

/** What is read of a request of `node:http`, or of a framework on it. */
export interface NodeStyleRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  /** The request target: a path, or an absolute URL. */
  readonly url?: string | undefined;
  /** Names and values in turns. */
  readonly rawHeaders: readonly string[];
  readonly socket: { readonly remoteAddress?: string | undefined };
  /** Whether somebody has begun to read the body. */
  readonly readableDidRead?: boolean | undefined;
  /** Node's own iterator, which can leave the connection open when it is left early. */
  iterator?(options: { readonly destroyOnReturn: boolean }): AsyncIterator<Uint8Array>;
}

/** How a request of `node:http` is read. */
export interface NodeSourceOptions {
  /** How many proxies in front are trusted to report the client: 0 takes no `X-Forwarded-*` field at its word. */
  readonly trustedProxies: number;
  /** Canonical, without a slash at the end; taken off where the path starts with it. */
  readonly basePath: string;
  /** Bytes. */
  readonly bodyLimit?: number | undefined;
}

interface Target {
  readonly authority: string | undefined;
  readonly path: string;
  readonly query: string;
}

/** A request over one of `node:http`; adapters say who is calling, and where else the body may be. */
export class NodeSource<R extends NodeStyleRequest> implements HttpSource {
  readonly native: R;
  protected readonly "~options": NodeSourceOptions;
  private readonly "~id": string;
  private readonly "~origin": string;
  private readonly "~time": number;
  private "~target": Target | undefined = undefined;

  /** @param time milliseconds since the epoch */
  constructor(native: R, options: NodeSourceOptions, id: string, origin: string, time: number) {
    this.native = native;
    this["~options"] = options;
    this["~id"] = id;
    this["~origin"] = origin;
    this["~time"] = time;
  }

  /** The request target as the client spelled it. */
  protected "~url"(): string {
    return this.native.url ?? "/";
  }

  private "~parsed"(): Target {
    this["~target"] ??= parseTarget(this["~url"]());
    return this["~target"];
  }

  method(): string {
    return this.native.method ?? "GET";
  }

  path(): string {
    // A second Host is how caches are poisoned (RFC 9112, section 3.2).
    if (this.headerLines("host").length > 1)
      throw new HandlerError("BAD_REQUEST", "The request has several Host fields.");
    const path = canonicalPath(this["~parsed"]().path);
    const { basePath } = this["~options"];
    return basePath !== "" && isBehind(path, basePath) ? path.slice(basePath.length) || "/" : path;
  }

  basePath(): string {
    const { basePath } = this["~options"];
    return isBehind(canonicalPath(this["~parsed"]().path), basePath) ? basePath : "";
  }

  queryString(): string {
    return this["~parsed"]().query;
  }

  header(name: string): string | undefined {
    return joinLines(name, this.headerLines(name));
  }

  headerLines(name: string): readonly string[] {
    const raw = this.native.rawHeaders;
    const lines: string[] = [];
    for (let index = 0; index < raw.length; index += 2) {
      const field = raw[index] as string;
      if (field.length === name.length && field.toLowerCase() === name) lines.push(raw[index + 1] as string);
    }
    return lines;
  }

  *headerEntries(): Iterable<readonly [name: string, value: string]> {
    for (const [name, value] of this.spelledEntries()) yield [name.toLowerCase(), value];
  }

  *spelledEntries(): Iterable<readonly [name: string, value: string]> {
    const raw = this.native.rawHeaders;
    for (let index = 0; index < raw.length; index += 2) yield [raw[index] as string, raw[index + 1] as string];
  }

  scheme(): string {
    const forwarded = forwardedValue(this.headerLines("x-forwarded-proto"), this["~options"].trustedProxies);
    if (forwarded === "http" || forwarded === "https") return forwarded;
    return (this.native.socket as { readonly encrypted?: boolean }).encrypted ? "https" : "http";
  }

  host(): string | undefined {
    return this["~parsed"]().authority ?? this.header("host");
  }

  clientIp(): string | undefined {
    const { trustedProxies } = this["~options"];
    const peer = this.native.socket.remoteAddress;
    return trustedProxies === 0
      ? toAddress(peer)
      : forwardedFor(this.headerLines("x-forwarded-for"), peer, trustedProxies);
  }

  identity(): Identity | undefined {
    return undefined;
  }

  body(): HttpSourceBody {
    const length = this.header("content-length");
    if (this.header("transfer-encoding") === undefined && (length === undefined || length === "0")) return null;
    const limit = this["~options"].bodyLimit ?? defaultBodyLimit;
    if (length !== undefined && Number(length) > limit) throw tooLarge(limit);
    if (this.native.readableDidRead) {
      throw new HandlerError("INTERNAL", "The request body was read before the function could.", {
        hint: "Mount the function in front of body parsers.",
      });
    }
    return incoming(this.native);
  }

  id(): string {
    return this["~id"];
  }

  origin(): string {
    return this["~origin"];
  }

  time(): Date {
    return new Date(this["~time"]);
  }
}

/** The chunks of a body. To leave early, at the limit, must not cut the connection that the answer is still to go over. */
async function* incoming(request: NodeStyleRequest): AsyncGenerator<Uint8Array> {
  const iterator = request.iterator?.({ destroyOnReturn: false });
  try {
    yield* iterator ? { [Symbol.asyncIterator]: () => iterator } : request;
  } catch (cause) {
    throw new HandlerError("CANCELLED", "The client left before all of the request body had arrived.", { cause });
  }
}

/**
 * A request target taken apart by hand: to a URL parser, `//a/b` would be a host and a path. Node's own parser lets visible ASCII through
 * alone.
 */
export function parseTarget(target: string): Target {
  const [text = ""] = target.split("#", 1);
  const mark = text.indexOf("?");
  const path = mark < 0 ? text : text.slice(0, mark);
  const query = mark < 0 ? "" : text.slice(mark + 1);
  const absolute = path.startsWith("/") ? null : /^[a-z][a-z\d+\-.]*:\/\/(?:[^/]*@)?([^/@]*)(.*)$/i.exec(path);
  return absolute
    ? { authority: absolute[1] as string, path: absolute[2] || "/", query }
    : { authority: undefined, path, query };
}
