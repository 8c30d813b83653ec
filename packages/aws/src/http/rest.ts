import type { HttpReply, Identity } from "@portico/core";
import { canonicalPath, describesEncoded, isEncoded, joinLines, toAsciiLowerCase } from "@portico/core/adapter";
import type { RestEvent } from "./event.js";
import { isSingle, splitHeaders } from "./headers.js";
import { restIdentity } from "./identity.js";
import type { RestResult } from "./result.js";
import { EventSource } from "./source.js";
import { encodeText, fuller, toMethod, toQuery, type Values } from "./values.js";

/** REST API (v1), and HTTP API with payload format 1.0, whose path the platform has decoded. */
export class RestSource extends EventSource<RestEvent> {
  private inflated: boolean | undefined = undefined;

  override get streams(): boolean {
    return this.native.version !== "1.0";
  }

  method(): string {
    return toMethod(this.native.httpMethod);
  }

  queryString(): string {
    const { multiValueQueryStringParameters, queryStringParameters } = this.native;
    return toQuery(fuller(multiValueQueryStringParameters, queryStringParameters), encodeText);
  }

  override headerLines(name: string): readonly string[] {
    return describesEncoded(name) && this.isInflated() ? [] : super.headerLines(name);
  }

  override *spelledEntries(): Iterable<readonly [name: string, value: string]> {
    const inflated = this.isInflated();
    for (const entry of super.spelledEntries())
      if (!inflated || !describesEncoded(toAsciiLowerCase(entry[0]))) yield entry;
  }

  identity(): Identity | undefined {
    return restIdentity(this.native);
  }

  override id(): string {
    return this.native.requestContext.requestId ?? super.id();
  }

  origin(): string {
    return this.native.requestContext.apiId ?? this.lambda.functionName;
  }

  toResult({ status, headers }: HttpReply, body: string, isBase64Encoded: boolean): RestResult {
    if (isSingle(headers)) return { statusCode: status, headers: { ...headers }, body, isBase64Encoded };
    return { statusCode: status, ...splitHeaders(headers), body, isBase64Encoded };
  }

  /**
   * A REST API with compression switched on inflates what comes, and leaves the fields as they came; one without hands the body over
   * compressed. Only the body tells which.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gzip-compression-decompression.html
   */
  private isInflated(): boolean {
    this.inflated ??= isInflated(joinLines("content-encoding", super.headerLines("content-encoding")), this.native);
    return this.inflated;
  }

  protected fields(): Values {
    return fuller(this.native.multiValueHeaders, this.native.headers);
  }

  protected readPath(): string {
    const { path, version, requestContext } = this.native;
    const { path: full = "", stage } = requestContext;
    // `path` comes without the stage, which a public link still needs: the context's path has it.
    const isApart = path !== full && (full === `/${stage}` || full === `/${stage}${path}`);
    if (isApart) this.take(`/${stage}`, `/${stage}`);
    const canonical = canonicalPath(path, version === "1.0");
    // An HTTP API's path begins with the stage, in both payload formats.
    const isBehindStage = !isApart && version === "1.0" && stage && stage !== "$default" && this.settings.stripStage;
    return isBehindStage ? this.take(canonical, `/${stage}`) : canonical;
  }

  protected readTime(): number | undefined {
    return this.native.requestContext.requestTimeEpoch;
  }

  protected sourceIp(): string | undefined {
    return (this.native.requestContext.identity as { sourceIp?: string } | null | undefined)?.sourceIp;
  }
}

function isInflated(coding: string | undefined, { body, isBase64Encoded, version }: RestEvent): boolean {
  // HTTP APIs do not inflate.
  if (!body || version === "1.0" || !isEncoded(coding)) return false;
  const name = coding?.toLowerCase();
  if (name !== "gzip" && name !== "deflate") return false;
  // As text, compressed bytes would be damaged; gzip begins with a control character.
  if (!isBase64Encoded) return !body.startsWith("\u001f");
  const [first = 0, second = 0] = Buffer.from(body.slice(0, 4), "base64");
  // RFC 1952, section 2.3.1, and RFC 1950, section 2.2.
  const compressed =
    name === "gzip" ? first === 0x1f && second === 0x8b : (first & 15) === 8 && (first * 256 + second) % 31 === 0;
  return !compressed;
}
