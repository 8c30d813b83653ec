import { HttpRequest, HttpResponse, InvocationContext } from "@azure/functions";
import * as aws from "@portico/aws";
import { decodeHttpResult, encodeHttp } from "@portico/aws/wrap/http";
import * as azure from "@portico/azure";
import type { AnyHttpFunction } from "@portico/core";
import { fake } from "@portico/testing";
import { toWire } from "../in-process.js";

export interface AppRequest {
  readonly method: "GET" | "POST" | "HEAD";
  readonly target: string;
  readonly body?: string | Uint8Array;
  readonly type?: string;
}

/** What a client sees. */
export interface AppReply {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

type Send = (request: AppRequest) => Promise<AppReply>;

const lambda: aws.LambdaContext = {
  awsRequestId: "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
  functionName: "app",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:app",
  memoryLimitInMB: "128",
  logGroupName: "/aws/lambda/app",
  logStreamName: "2026/11/23/[$LATEST]0",
  getRemainingTimeInMillis: () => 30_000,
};

/** Clouds that the apps' authors never had in mind, through their adapters, in this process. */
export const clouds: Readonly<Record<string, (fn: AnyHttpFunction, name: string) => Send>> = {
  "AWS Lambda": (fn) => {
    const handler = aws.http(fn);
    return async ({ method, target, body, type }) => {
      const headers = { host: "shop.example", ...(type && { "content-type": type }) };
      const url = `https://shop.example${target}`;
      const request = fake.http({ method, url, headers, clientIp: "203.0.113.7", ...(body !== undefined && { body }) });
      const event = await encodeHttp(request, { format: "http-2.0", lossy: true });
      return toWire(decodeHttpResult(await handler(event, lambda), "http-2.0"));
    };
  },
  "Azure Functions": (fn, name) => {
    const handler = azure.http(name, fn, { trustedProxies: 1 });
    return async ({ method, target, body, type }) => {
      const request = new HttpRequest({
        method,
        url: `https://shop.example/api${target}`,
        headers: { host: "shop.example", "x-forwarded-for": "203.0.113.7", ...(type && { "content-type": type }) },
        ...(body !== undefined && { body: typeof body === "string" ? { string: body } : { bytes: body } }),
      });
      const context = new InvocationContext({ functionName: name, logHandler: () => undefined });
      const { status, headers, cookies, arrayBuffer } = readable(new HttpResponse(await handler(request, context)));
      const lines = cookies.map(
        ({ name: cookie, value, path }) => ["set-cookie", `${cookie}=${value}; Path=${path}`] as const,
      );
      return { status, headers: [...headers, ...lines], body: new Uint8Array(await arrayBuffer()) };
    };
  },
};

function readable(response: HttpResponse) {
  return {
    status: response.status,
    headers: [...response.headers],
    cookies: response.cookies,
    arrayBuffer: () => response.arrayBuffer(),
  };
}
