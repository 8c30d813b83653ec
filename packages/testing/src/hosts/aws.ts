import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { basename, dirname, extname } from "node:path";
import { encodeHttp, type HttpFormat } from "@portico/aws/wrap/http";
import { answer } from "./aws/answer.js";
import { toRequest } from "./aws/incoming.js";
import { Pool } from "./aws/pool.js";
import type { Host, HostOptions } from "./host.js";
import { toModulePath } from "./process.js";

/** Options of the Lambda host. */
export interface AwsHostOptions extends HostOptions {
  /**
   * Which source of events stands in front of the function: `rest`, `http-1.0`, `http-2.0`, `url` (function URL), `alb`, `alb-multi`
   * (multi-value headers), `lattice`. `url` and `rest` stream what a streaming function sends. Default: `http-2.0`.
   */
  readonly format?: HttpFormat | undefined;
  /** The stage of the API, which stands in the path that the function sees. Default: `$default`, on a REST API `prod`. */
  readonly stage?: string | undefined;
  /** The function's time-out, after which its process is killed. Milliseconds; default 10000. */
  readonly timeoutMs?: number | undefined;
  /** How many processes there may be; each has one request at a time, as on Lambda. Default: 1. */
  readonly instances?: number | undefined;
}

/** What became of an invocation, as its invoker sees it. */
export type InvocationResult =
  | { readonly status: "success"; readonly result: unknown }
  | { readonly status: "failure"; readonly reason: string };

export interface InvokeOptions {
  /** The id of the request; Lambda gives the retries of an asynchronous invocation that of the first try. Default: a new one. */
  readonly requestId?: string | undefined;
}

/** A function on Lambda. */
export interface AwsHost extends Host {
  /** Invokes the function with any event, as an event source or the Invoke API does. A function that streams is for HTTP alone. */
  invoke(event: unknown, options?: InvokeOptions): Promise<InvocationResult>;
}

const formats: readonly HttpFormat[] = ["rest", "http-1.0", "http-2.0", "url", "alb", "alb-multi", "lattice"];

/** Longest event: bytes of JSON. An Application Load Balancer takes less. */
const eventLimit = 6 * 1024 * 1024;
const albLimit = 1024 * 1024;

/**
 * Runs a Lambda handler in the real `aws-lambda-ric`, behind a front end that makes the events of API Gateway, function URLs, ALB or VPC
 * Lattice from HTTP requests and the function's results into replies.
 *
 * @example
 * await using host = await aws({ module: "dist/aws.js", export: "create" });
 * await fetch(`${host.url}/orders`);
 * @throws {Error} when the module cannot be loaded, with the reason, or when there is no such format.
 */
export async function aws(options: AwsHostOptions): Promise<AwsHost> {
  const { format = "http-2.0", stage, timeoutMs = 10_000, instances = 1 } = options;
  if (!formats.includes(format))
    throw new Error(`There is no format ${JSON.stringify(format)}; there are: ${formats.join(", ")}.`);
  const logs: string[] = [];
  const file = toModulePath(options.module);
  const name = basename(file, extname(file));
  if (name.includes("."))
    throw new Error(`Lambda cannot load ${basename(file)}: a module's name must have no dot before its extension.`);
  const pool = await Pool.start(
    {
      client: findClient(file),
      taskRoot: dirname(file),
      handler: `${name}.${options.export}`,
      functionName: options.export,
      env: options.env,
      nodePath: options.nodePath,
      cwd: options.cwd,
      logs,
    },
    instances,
  );
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    const event = JSON.stringify(await encodeHttp(toRequest(request, body), { format, stage, lossy: true }));
    if (Buffer.byteLength(event) > (format.startsWith("alb") ? albLimit : eventLimit)) {
      return void response.writeHead(413, { "content-type": "application/json" }).end('{"message":"Request Too Long"}');
    }
    const outcome = await pool.invoke({ id: crypto.randomUUID(), event, timeoutMs });
    await answer(response, outcome, format, logs);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      logs.push(`[aws host] ${String(error)}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      server.close();
      await pool.close();
      server.closeAllConnections();
    })();
    return closing;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    logs,
    async invoke(event, { requestId = crypto.randomUUID() } = {}) {
      const outcome = await pool.invoke({ id: requestId, event: JSON.stringify(event), timeoutMs });
      if (outcome.kind === "result") return { status: "success", result: JSON.parse(outcome.json) };
      if (outcome.kind === "failed") return { status: "failure", reason: outcome.reason };
      outcome.content.destroy();
      return { status: "failure", reason: "the function streams its result, which only an HTTP front end takes" };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new Uint8Array(Buffer.concat(chunks));
}

/** The runtime client beside this package, or beside the function. */
function findClient(file: string): string {
  for (const from of [import.meta.url, file]) {
    try {
      return createRequire(from).resolve("aws-lambda-ric");
    } catch {
      // Not here.
    }
  }
  throw new Error(
    "aws-lambda-ric is not installed. Add it with: npm install --save-dev --ignore-scripts aws-lambda-ric@4",
  );
}
