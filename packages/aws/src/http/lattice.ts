import type { HttpReply, Identity } from "@portico/core";
import { canonicalPath } from "@portico/core/adapter";
import type { LatticeEvent } from "./event.js";
import { singleHeaders } from "./headers.js";
import { latticeIdentity } from "./identity.js";
import type { LatticeResult } from "./result.js";
import { EventSource } from "./source.js";
import { toStatusDescription } from "./status.js";
import { keepText, toMethod, toQuery, type Values } from "./values.js";

/** VPC Lattice, event structure version V2. */
export class LatticeSource extends EventSource<LatticeEvent> {
  method(): string {
    return toMethod(this.native.method);
  }

  queryString(): string {
    const [, query] = splitPath(this.native.path);
    return query ?? toQuery(this.native.queryStringParameters, keepText);
  }

  identity(): Identity | undefined {
    return latticeIdentity(this.native.requestContext.identity);
  }

  origin(): string {
    return this.native.requestContext.serviceArn ?? this.lambda.functionName;
  }

  toResult({ status, headers }: HttpReply, body: string, isBase64Encoded: boolean): LatticeResult {
    const statusDescription = toStatusDescription(status);
    return { statusCode: status, statusDescription, headers: singleHeaders(headers), body, isBase64Encoded };
  }

  protected fields(): Values {
    return this.native.headers;
  }

  protected readPath(): string {
    return canonicalPath(splitPath(this.native.path)[0] || "/");
  }

  protected readTime(): number | undefined {
    return Math.floor(Number(this.native.requestContext.timeEpoch) / 1000) || undefined;
  }

  protected sourceIp(): undefined {
    return undefined;
  }
}

function splitPath(path: string): [path: string, query?: string] {
  const mark = path.indexOf("?");
  return mark < 0 ? [path] : [path.slice(0, mark), path.slice(mark + 1)];
}
