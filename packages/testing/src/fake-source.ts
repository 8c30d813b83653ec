import type { Identity } from "@portico/core";
import { canonicalPath, type HttpSource, type HttpSourceBody, joinLines } from "@portico/core/adapter";

/** Everything a fake request is made of, ready to be read. */
export interface FakeRequestParts {
  readonly native: unknown;
  readonly method: string;
  readonly url: URL;
  /** Lines by lower-case name. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: HttpSourceBody;
  readonly identity: Identity | undefined;
  readonly clientIp: string | undefined;
  readonly id: string;
  readonly time: Date;
}

/** The face an adapter gives a native request, over plain parts: so a fake request is read by the code that runs in production. */
export class FakeSource implements HttpSource {
  private readonly parts: FakeRequestParts;

  constructor(parts: FakeRequestParts) {
    this.parts = parts;
  }

  get native(): unknown {
    return this.parts.native;
  }

  method(): string {
    return this.parts.method;
  }

  path(): string {
    return canonicalPath(this.parts.url.pathname);
  }

  basePath(): string {
    return "";
  }

  queryString(): string {
    return this.parts.url.search.slice(1);
  }

  header(name: string): string | undefined {
    return joinLines(name, this.headerLines(name));
  }

  headerLines(name: string): readonly string[] {
    return this.parts.headers.get(name) ?? [];
  }

  *headerEntries(): Iterable<readonly [name: string, value: string]> {
    for (const [name, lines] of this.parts.headers) for (const line of lines) yield [name, line];
  }

  scheme(): string {
    return this.parts.url.protocol.slice(0, -1);
  }

  host(): string | undefined {
    return this.parts.url.host;
  }

  clientIp(): string | undefined {
    return this.parts.clientIp;
  }

  identity(): Identity | undefined {
    return this.parts.identity;
  }

  body(): HttpSourceBody {
    return this.parts.body;
  }

  id(): string {
    return this.parts.id;
  }

  origin(): string {
    return "fake";
  }

  time(): Date {
    return this.parts.time;
  }
}
