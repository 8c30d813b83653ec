import type { HttpReply, Identity } from "@portico/core";
import { canonicalPath } from "@portico/core/adapter";
import type { PayloadV2Event } from "./event.js";
import { isSingle, joinHeaders } from "./headers.js";
import { payloadV2Identity } from "./identity.js";
import type { PayloadV2Result } from "./result.js";
import { EventSource } from "./source.js";
import { encodeText, toMethod, toQuery, type Values } from "./values.js";

/** Whether an event of payload format 2.0 is a function URL's, whose path is still encoded and whose reply can be streamed. */
function isFunctionUrl({ requestContext }: PayloadV2Event): boolean {
  return requestContext.domainName?.includes(".lambda-url.") ?? false;
}

/** HTTP API with payload format 2.0, and function URL. */
export class PayloadV2Source extends EventSource<PayloadV2Event> {
  override get streams(): boolean {
    return isFunctionUrl(this.native);
  }

  method(): string {
    return toMethod(this.native.requestContext.http.method);
  }

  queryString(): string {
    // The map joins repeated names with commas; it is for emulators that send no string.
    return this.native.rawQueryString ?? toQuery(this.native.queryStringParameters, encodeText);
  }

  override header(name: string): string | undefined {
    // The platform moves cookies out of the headers.
    if (name === "cookie" && this.native.cookies?.length) return this.native.cookies.join("; ");
    // It also writes the names in lower case, so that there is nothing to search for; what is no text is an object's own affair.
    const value: unknown = this.native.headers?.[name];
    return typeof value === "string" ? value : super.header(name);
  }

  override headerLines(name: string): readonly string[] {
    return name === "cookie" && this.native.cookies?.length
      ? [this.native.cookies.join("; ")]
      : super.headerLines(name);
  }

  override *headerEntries(): Iterable<readonly [name: string, value: string]> {
    const { cookies } = this.native;
    for (const entry of super.headerEntries()) if (!cookies?.length || entry[0] !== "cookie") yield entry;
    if (cookies?.length) yield ["cookie", cookies.join("; ")];
  }

  identity(): Identity | undefined {
    return payloadV2Identity(this.native.requestContext);
  }

  override id(): string {
    return this.native.requestContext.requestId ?? super.id();
  }

  origin(): string {
    return this.native.requestContext.apiId ?? this.lambda.functionName;
  }

  toResult({ status, headers }: HttpReply, body: string, isBase64Encoded: boolean): PayloadV2Result {
    if (isSingle(headers)) return { statusCode: status, headers: { ...headers }, body, isBase64Encoded };
    return { statusCode: status, ...joinHeaders(headers), body, isBase64Encoded };
  }

  protected fields(): Values {
    return this.native.headers;
  }

  protected readPath(): string {
    const { stage } = this.native.requestContext;
    const path = canonicalPath(this.native.rawPath || "/", !isFunctionUrl(this.native));
    return stage && stage !== "$default" && this.settings.stripStage ? this.take(path, `/${stage}`) : path;
  }

  protected readTime(): number | undefined {
    return this.native.requestContext.timeEpoch;
  }

  protected sourceIp(): string | undefined {
    return this.native.requestContext.http.sourceIp;
  }
}
