import type { HttpReply, Identity } from "@portico/core";
import { forwardedFor, type HttpSource, isBehind, joinLines, toAsciiLowerCase } from "@portico/core/adapter";
import type { LambdaContext } from "../context.js";
import type { HttpEvent } from "./event.js";
import type { HttpResult } from "./result.js";
import type { HttpSettings } from "./settings.js";
import { addLines, fromBase64, type Values } from "./values.js";

/** One event as a request, and the reply to it as that event's source wants it. Each format is a subclass. */
export abstract class EventSource<E extends HttpEvent> implements HttpSource {
  readonly native: E;
  protected readonly settings: HttpSettings;
  protected readonly lambda: LambdaContext;
  private canonical: string | undefined = undefined;
  private taken = "";
  private sentMs: number | undefined = undefined;

  constructor(native: E, settings: HttpSettings, lambda: LambdaContext) {
    this.native = native;
    this.settings = settings;
    this.lambda = lambda;
  }

  /** The longest result that can be sent: bytes of JSON. Default: Lambda's own limit. */
  get replyLimit(): number {
    return 6 * 1024 * 1024;
  }

  /** Whether the reply can be streamed. */
  get streams(): boolean {
    return false;
  }

  abstract method(): string;
  abstract queryString(): string;
  abstract identity(): Identity | undefined;
  abstract origin(): string;
  /** The reply as a native result; the body is text already. */
  abstract toResult(response: HttpReply, body: string, isBase64Encoded: boolean): HttpResult;
  protected abstract fields(): Values;
  /** Canonical; what the platform puts in front is handed to `take`. */
  protected abstract readPath(): string;
  protected abstract readTime(): number | undefined;
  protected abstract sourceIp(): string | undefined;

  path(): string {
    this.canonical ??= this.take(this.readPath(), this.settings.basePath);
    return this.canonical;
  }

  basePath(): string {
    this.path();
    return this.taken;
  }

  header(name: string): string | undefined {
    return joinLines(name, this.headerLines(name));
  }

  headerLines(name: string): readonly string[] {
    const lines: string[] = [];
    const fields = this.fields();
    for (const field in fields) {
      if (field.length === name.length && toAsciiLowerCase(field) === name) addLines(lines, fields[field]);
    }
    return lines;
  }

  *headerEntries(): Iterable<readonly [name: string, value: string]> {
    for (const [field, line] of this.spelledEntries()) yield [toAsciiLowerCase(field), line];
  }

  /** A REST API keeps the spelling; other front ends have made it lower-case. */
  *spelledEntries(): Iterable<readonly [name: string, value: string]> {
    const fields = this.fields();
    for (const field in fields) {
      const lines: string[] = [];
      addLines(lines, fields[field]);
      for (const line of lines) yield [field, line];
    }
  }

  scheme(): string {
    return this.header("x-forwarded-proto") === "http" ? "http" : "https";
  }

  /** The platform routes by this header, so it names a domain of the API or function; behind ALB anybody can send any. */
  host(): string | undefined {
    return this.header("host") ?? (this.native.requestContext as { domainName?: string }).domainName;
  }

  clientIp(): string | undefined {
    const { trustedProxies } = this.settings;
    const ip = this.sourceIp();
    if (ip !== undefined && trustedProxies === 0) return ip;
    // The last member is the platform's, of whoever called it.
    return forwardedFor(this.headerLines("x-forwarded-for"), ip, trustedProxies + 1) ?? ip;
  }

  body(): string | Uint8Array | null {
    const { body, isBase64Encoded } = this.native;
    return body && isBase64Encoded ? fromBase64(body) : (body ?? null);
  }

  id(): string {
    return this.lambda.awsRequestId;
  }

  time(): Date {
    this.sentMs ??= this.readTime() ?? Date.now();
    return new Date(this.sentMs);
  }

  protected take(path: string, prefix: string): string {
    if (prefix === "" || !isBehind(path, prefix)) return path;
    this.taken += prefix;
    return path.slice(prefix.length) || "/";
  }
}
