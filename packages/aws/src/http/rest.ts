import type { HttpReply, Identity } from "@portico/core";
import { canonicalPath } from "@portico/core/adapter";
import type { RestEvent } from "./event.js";
import { isSingle, splitHeaders } from "./headers.js";
import { restIdentity } from "./identity.js";
import type { RestResult } from "./result.js";
import { EventSource } from "./source.js";
import { encodeText, fuller, toMethod, toQuery, type Values } from "./values.js";

/** REST API (v1), and HTTP API with payload format 1.0, whose path the platform has decoded. */
export class RestSource extends EventSource<RestEvent> {
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
