import type { Identity } from "./identity.js";

/** A request body on its way in: text, bytes, or chunks that are still arriving. */
export type HttpSourceBody = string | Uint8Array | AsyncIterable<Uint8Array> | null;

/**
 * What an adapter tells about a native request, asked for only when needed. Names of header fields are given and asked in lower case.
 * Whatever throws a HandlerError here becomes the reply to the request.
 */
export interface HttpSource {
  /** The platform's own event or request. */
  readonly native: unknown;
  /** Upper case. */
  method(): string;
  /** Percent-encoded, canonical (`canonicalPath`), without stage, base path or route prefix. */
  path(): string;
  /** What was taken off in front of the path: `""`, or `/prefix`. */
  basePath(): string;
  /** Without the question mark, encoded as in a URL. */
  queryString(): string;
  /** All lines of one field, joined; undefined when there is none. */
  header(name: string): string | undefined;
  /** The lines of one field, as far apart as the platform keeps them. */
  headerLines(name: string): readonly string[];
  /** Every line of every field. */
  headerEntries(): Iterable<readonly [name: string, value: string]>;
  /** The same as the client spelled and ordered them, where the platform tells. */
  spelledEntries?(): Iterable<readonly [name: string, value: string]>;
  scheme(): string;
  host(): string | undefined;
  clientIp(): string | undefined;
  identity(): Identity | undefined;
  body(): HttpSourceBody;
  /** The platform's request id. */
  id(): string;
  /** Where the request came in, for CloudEvents `source`. */
  origin(): string;
  time(): Date;
}
