import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpRequest, InvocationContext } from "@azure/functions";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import * as aws from "@portico/aws";
import { decodeHttpResult, encodeHttp } from "@portico/aws/wrap/http";
import * as azure from "@portico/azure";
import { decodeHttpResult as decodeAzureResult } from "@portico/azure/wrap/http";
import * as gcp from "@portico/gcp";
import { serve } from "@portico/node";
import { fromNode, type NodeStyleApp } from "@portico/node/wrap";
import { toRequest, toWire } from "../in-process.js";
import type { WireReply } from "../wire.js";

/** A request of an app's client. */
export interface AppRequest {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** A list is sent in chunks of unknown length, where the platform has them. */
  readonly body?: string | Uint8Array | readonly string[];
  /** The body is sent once the reply has begun, where the platform streams requests. */
  readonly late?: boolean;
}

/** Something that runs an app; `close` ends it. */
export interface AppHost {
  send(request: AppRequest): Promise<WireReply>;
  close(): Promise<void>;
}

const local = { port: 0, host: "127.0.0.1" } as const;

/** The app's own home. */
export async function bareHost(app: NodeStyleApp): Promise<AppHost> {
  const server = createServer((request, response) => void app(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    send: (request) => overHttp((server.address() as AddressInfo).port, request),
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

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

let count = 0;

/** Platforms that run the app through `fromNode`. */
export const hosts: Readonly<Record<string, (app: NodeStyleApp) => Promise<AppHost>>> = {
  async container(app) {
    const { url, close } = await serve(fromNode(app), { ...local, signals: [] });
    return {
      send: (request) => overHttp(Number(new URL(url).port), request),
      close: async () => void (await close()),
    };
  },
  async "Google Cloud Functions"(app): Promise<AppHost> {
    count += 1;
    gcp.http(`app-${count}`, fromNode(app));
    const server = getTestServer(`app-${count}`);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      send: (request) => overHttp((server.address() as AddressInfo).port, request),
      close: async () => {
        server.closeAllConnections();
        server.close();
      },
    };
  },
  async "AWS Lambda"(app) {
    const handler = aws.http(fromNode(app));
    return {
      async send(request) {
        const event = await encodeHttp(toRequest(inOnePiece(request)), { format: "rest", lossy: true });
        return toWire(decodeHttpResult(await handler(event, lambda), "rest"));
      },
      close: async () => undefined,
    };
  },
  async "Azure Functions"(app) {
    count += 1;
    const handler = azure.http(`app-${count}`, fromNode(app));
    return {
      async send(request) {
        const { method, target, headers, body } = inOnePiece(request);
        const native = new HttpRequest({
          method,
          url: `https://shop.example/api${target}`,
          headers: Object.fromEntries(new Headers(headers.map(([name, value]): [string, string] => [name, value]))),
          ...(body !== undefined && { body: { bytes: Buffer.from(body) } }),
        });
        const context = new InvocationContext({ functionName: "app", logHandler: () => undefined });
        return toWire(await decodeAzureResult(await handler(native, context)));
      },
      close: async () => undefined,
    };
  },
};

/** What a gateway makes of a request that it does not pass on while it arrives. */
function inOnePiece({ method = "GET", target = "/", headers = [], body }: AppRequest) {
  const whole = Array.isArray(body) ? body.join("") : (body as string | Uint8Array | undefined);
  const length = whole === undefined ? [] : ([["content-length", String(Buffer.byteLength(whole))]] as const);
  return { method, target, headers: [...headers, ...length], ...(whole !== undefined && { body: whole }) };
}

function overHttp(port: number, request: AppRequest): Promise<WireReply> {
  const { method = "GET", target = "/", headers = [], body, late = false } = request;
  const lines = ["host", "shop.example", ...headers.flat()];
  if (body !== undefined) {
    lines.push(
      ...(Array.isArray(body) ? ["transfer-encoding", "chunked"] : inOnePiece(request).headers.slice(-1).flat()),
    );
  }
  return new Promise((resolve, reject) => {
    const outgoing = send({
      port,
      host: "127.0.0.1",
      method,
      path: target,
      headers: lines,
      agent: false,
      setHost: false,
    });
    const sendBody = (): void => {
      for (const piece of Array.isArray(body) ? body : []) outgoing.write(piece);
      outgoing.end(Array.isArray(body) ? undefined : body);
    };
    outgoing.on("response", (incoming) => {
      if (late) sendBody();
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => parts.push(part));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const raw = incoming.rawHeaders;
        const pairs = raw.flatMap((name, index) =>
          index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1] ?? ""] as const] : [],
        );
        resolve({ status: incoming.statusCode ?? 0, headers: pairs, body: Buffer.concat(parts) });
      });
    });
    outgoing.on("error", reject);
    outgoing.setTimeout(10_000, () => outgoing.destroy(new Error(`no answer to ${method} ${target}`)));
    if (late) outgoing.flushHeaders();
    else sendBody();
  });
}
