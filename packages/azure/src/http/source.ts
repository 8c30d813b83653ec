import type { HttpRequest } from "@azure/functions";
import { HandlerError, type Identity } from "@portico/core";
import { canonicalPath, type HttpSource, type HttpSourceBody, trimWhiteSpace } from "@portico/core/adapter";
import type { AzureContext, AzureHttpNative } from "../context.js";
import { isStreaming } from "../setup.js";
import { readEasyAuth } from "./identity.js";

/** How a function reads its requests: settled once, when it is registered. */
export interface SourceOptions {
  /** In lower case, with a leading slash; empty for none. */
  readonly prefix: string;
  /** Beside the platform's own front end. */
  readonly trustedProxies: number;
  readonly easyAuth: boolean;
}

/** Reads through to the request that `@azure/functions` built. */
export class AzureHttpSource implements HttpSource {
  readonly native: AzureHttpNative;
  private readonly request: HttpRequest;
  private readonly context: AzureContext;
  private readonly options: SourceOptions;
  private readonly entered: number;
  private address: Address | undefined = undefined;

  constructor(native: AzureHttpNative, context: AzureContext, options: SourceOptions, entered: number) {
    this.native = native;
    this.request = native.request;
    this.context = context;
    this.options = options;
    this.entered = entered;
  }

  method(): string {
    return this.request.method;
  }

  path(): string {
    const { path, prefixLength } = this.parts();
    return canonicalPath(prefixLength === 0 ? path : path.slice(prefixLength) || "/");
  }

  basePath(): string {
    const { path, prefixLength } = this.parts();
    return path.slice(0, prefixLength);
  }

  // Not `request.query`, which joins repeated names with commas unless the app streams.
  queryString(): string {
    return this.parts().query;
  }

  header(name: string): string | undefined {
    try {
      return this.request.headers.get(name) ?? undefined;
    } catch {
      return undefined; // A name that no header can have.
    }
  }

  headerLines(name: string): readonly string[] {
    const line = this.header(name);
    return line === undefined ? [] : [line];
  }

  headerEntries(): Iterable<readonly [name: string, value: string]> {
    return this.request.headers;
  }

  scheme(): string {
    return this.parts().scheme;
  }

  host(): string | undefined {
    return this.parts().host;
  }

  clientIp(): string | undefined {
    const forwarded = this.header("x-forwarded-for");
    if (forwarded === undefined) return undefined;
    const entries = forwarded.split(",");
    return withoutPort(trimWhiteSpace(entries[Math.max(0, entries.length - 1 - this.options.trustedProxies)] ?? ""));
  }

  // Not `request.user`, which trusts anybody's headers and throws where one is missing.
  identity(): Identity | undefined {
    return this.options.easyAuth ? readEasyAuth((name) => this.header(name)) : undefined;
  }

  body(): HttpSourceBody {
    const { request } = this;
    if (request.method === "GET" || request.method === "HEAD") return null;
    if (request.body === null) {
      if (this.header("transfer-encoding")?.toLowerCase().includes("chunked")) throw lostBody();
      return null;
    }
    return isStreaming() && this.header("content-length") === "0" ? null : new BodyChunks(request);
  }

  id(): string {
    return this.context.id;
  }

  origin(): string {
    return this.context.functionName;
  }

  time(): Date {
    return new Date(this.entered);
  }

  private parts(): Address {
    this.address ??= parseAddress(this.request.url, this.options.prefix);
    return this.address;
  }
}

interface Address {
  readonly scheme: string;
  readonly host: string;
  /** With the prefix, as it came. */
  readonly path: string;
  readonly prefixLength: number;
  readonly query: string;
}

function parseAddress(url: string, prefix: string): Address {
  const schemeEnd = url.indexOf("://");
  const hostStart = schemeEnd + 3;
  const queryStart = url.indexOf("?", hostStart);
  const end = queryStart < 0 ? url.length : queryStart;
  const slash = url.indexOf("/", hostStart);
  const pathStart = slash < 0 || slash > end ? end : slash;
  const path = url.slice(pathStart, end) || "/";
  const prefixed = hasPrefix(path, prefix);
  return {
    scheme: url.slice(0, schemeEnd),
    host: url.slice(hostStart, pathStart),
    path,
    prefixLength: prefixed ? prefix.length : 0,
    query: queryStart < 0 ? "" : url.slice(queryStart + 1),
  };
}

// The host matches routes, and so the prefix, whatever the case.
function hasPrefix(path: string, prefix: string): boolean {
  if (prefix === "" || path.length < prefix.length) return false;
  const next = path.charCodeAt(prefix.length);
  return (Number.isNaN(next) || next === 0x2f) && path.slice(0, prefix.length).toLowerCase() === prefix;
}

// `1.2.3.4:5`, `[2001:db8::1]:5`, or an address alone.
const forwardedAddress = /^(?:\[([\da-f:.]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+)(?::\d+)?|([\da-f:.]+))$/i;

function withoutPort(entry: string): string | undefined {
  const match = forwardedAddress.exec(entry);
  return match?.[1] ?? match?.[2] ?? match?.[3];
}

/** The body through a reader, opened when asked for: half the cost of the request's own `json()` or `arrayBuffer()`. */
class BodyChunks implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array, undefined> {
  private readonly request: HttpRequest;
  private reader: Reader | undefined = undefined;

  constructor(request: HttpRequest) {
    this.request = request;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.reader ??= this.request.body?.getReader() as Reader;
    return this.reader.read() as Promise<IteratorResult<Uint8Array, undefined>>;
  }

  // Read on and thrown away, as Node does with a body that nobody asked for: to cancel it would break the connection on which the reply
  // leaves, and to let it be would jam the host's next request on that connection.
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.reader) drain(this.reader).catch(() => undefined);
    return { done: true, value: undefined };
  }
}

async function drain(reader: Reader): Promise<void> {
  for (let next = await reader.read(); !next.done; next = await reader.read());
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

function lostBody(): HandlerError {
  return new HandlerError("BAD_REQUEST", "The request body came without a content-length, and did not arrive here.", {
    hint: "Azure Functions drops chunked request bodies unless the app streams: azure.setup({ enableHttpStream: true }).",
  });
}
