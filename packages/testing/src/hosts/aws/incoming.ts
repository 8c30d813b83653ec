import type { IncomingMessage } from "node:http";
import type { HttpRequest } from "@portico/core";
import { type HttpSource, joinLines, LazyHttpRequest } from "@portico/core/adapter";

/** A request that came in over HTTP, its target as the client spelled it. */
export function toRequest(message: IncomingMessage, body: Uint8Array): HttpRequest {
  return new LazyHttpRequest(new IncomingSource(message, body), undefined, undefined, Number.POSITIVE_INFINITY);
}

class IncomingSource implements HttpSource {
  readonly native: IncomingMessage;
  private readonly content: Uint8Array;
  private readonly at = new Date();
  private readonly uuid = crypto.randomUUID();

  constructor(message: IncomingMessage, content: Uint8Array) {
    this.native = message;
    this.content = content;
  }

  method(): string {
    return this.native.method ?? "GET";
  }

  path(): string {
    return this.native.url?.split("?", 1)[0] || "/";
  }

  basePath(): string {
    return "";
  }

  queryString(): string {
    const url = this.native.url ?? "";
    return url.includes("?") ? url.slice(url.indexOf("?") + 1) : "";
  }

  header(name: string): string | undefined {
    return joinLines(name, this.headerLines(name));
  }

  headerLines(name: string): readonly string[] {
    return this.native.headersDistinct[name] ?? [];
  }

  *headerEntries(): Iterable<readonly [name: string, value: string]> {
    for (const name of Object.keys(this.native.headersDistinct)) {
      for (const line of this.headerLines(name)) yield [name, line];
    }
  }

  scheme(): string {
    return "http";
  }

  host(): string | undefined {
    return this.native.headers.host;
  }

  clientIp(): string | undefined {
    return this.native.socket.remoteAddress;
  }

  identity(): undefined {
    return undefined;
  }

  body(): Uint8Array {
    return this.content;
  }

  id(): string {
    return this.uuid;
  }

  origin(): string {
    return "local";
  }

  time(): Date {
    return this.at;
  }
}
