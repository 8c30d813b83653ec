import type { HttpReply, Identity } from "@portico/core";
import { canonicalPath } from "@portico/core/adapter";
import type { AlbEvent } from "./event.js";
import { listHeaders, singleHeaders } from "./headers.js";
import { albIdentity } from "./identity.js";
import type { AlbResult } from "./result.js";
import { EventSource } from "./source.js";
import { toStatusDescription } from "./status.js";
import { fuller, keepText, toMethod, toQuery, type Values } from "./values.js";

/** Application Load Balancer, with multi-value headers or without. */
export class AlbSource extends EventSource<AlbEvent> {
  override get replyLimit(): number {
    return 1024 * 1024;
  }

  method(): string {
    return toMethod(this.native.httpMethod);
  }

  queryString(): string {
    const { multiValueQueryStringParameters, queryStringParameters } = this.native;
    return toQuery(fuller(multiValueQueryStringParameters, queryStringParameters), keepText);
  }

  identity(): Identity | undefined {
    return this.settings.trust.includes("alb-oidc") ? albIdentity(this) : undefined;
  }

  origin(): string {
    return this.native.requestContext.elb.targetGroupArn;
  }

  toResult({ status, headers }: HttpReply, body: string, isBase64Encoded: boolean): AlbResult {
    // With multi-value headers on, ALB ignores `headers`, and the other way round.
    const fields = this.native.multiValueHeaders
      ? { multiValueHeaders: listHeaders(headers) }
      : { headers: singleHeaders(headers) };
    return { statusCode: status, statusDescription: toStatusDescription(status), ...fields, body, isBase64Encoded };
  }

  protected fields(): Values {
    return this.native.multiValueHeaders ?? this.native.headers;
  }

  protected readPath(): string {
    return canonicalPath(this.native.path);
  }

  protected readTime(): undefined {
    return undefined;
  }

  protected sourceIp(): undefined {
    return undefined;
  }
}
