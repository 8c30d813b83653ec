import type { Request } from "@google-cloud/functions-framework";
import type { Identity } from "@portico/core";
import {
  defaultBodyLimit,
  describesEncoded,
  type HttpSourceBody,
  isEncoded,
  NodeSource,
  type NodeSourceOptions,
  tooLarge,
} from "@portico/core/adapter";
import { readIdentity, type TrustedIdentity } from "./identity.js";

export interface GcpSourceOptions extends NodeSourceOptions {
  readonly trust: readonly TrustedIdentity[];
}

/** A request of the functions framework: Express's, with the body that the framework read in `rawBody`. */
export class GcpSource extends NodeSource<Request> {
  private readonly "~trust": readonly TrustedIdentity[];

  constructor(request: Request, options: GcpSourceOptions, id: string, origin: string, time: number) {
    super(request, options, id, origin, time);
    this["~trust"] = options.trust;
  }

  // Express rewrites `url` where something is mounted.
  protected override "~url"(): string {
    return this.native.originalUrl;
  }

  override headerLines(name: string): readonly string[] {
    const lines = super.headerLines(name);
    return lines.length > 0 && this["~isStale"](name) ? [] : lines;
  }

  override *headerEntries(): Iterable<readonly [name: string, value: string]> {
    for (const entry of super.headerEntries()) if (!this["~isStale"](entry[0])) yield entry;
  }

  override identity(): Identity | undefined {
    return this["~trust"].length === 0 ? undefined : readIdentity(this, this["~trust"]);
  }

  override body(): HttpSourceBody {
    const { rawBody } = this.native;
    // A body without a content type is the one that the framework leaves unread.
    if (!rawBody) return super.body();
    const limit = this["~options"].bodyLimit ?? defaultBodyLimit;
    if (rawBody.byteLength > limit) throw tooLarge(limit);
    return rawBody.byteLength === 0 ? null : rawBody;
  }

  /** The framework hands compressed bodies over inflated, and leaves these fields as they came. */
  private "~isStale"(name: string): boolean {
    return describesEncoded(name) && !!this.native.rawBody && isEncoded(this.native.headers["content-encoding"]);
  }
}
