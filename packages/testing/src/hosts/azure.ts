import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { forward } from "./azure/forward.js";
import type { RpcData, RpcRetryContext } from "./azure/messages.js";
import { writeReply } from "./azure/reply.js";
import {
  emptyRpcRequest,
  readBody,
  toHostRequest,
  toRpcRequest,
  toTraceContext,
  toTriggerMetadata,
} from "./azure/request.js";
import { createRoutes, type RouteTable } from "./azure/routes.js";
import { newInvocationId, startWorker, type Worker } from "./azure/worker-process.js";
import type { Host, HostOptions } from "./host.js";

export type { RpcData, RpcRetryContext };

/** Options of the Azure Functions host. */
export interface AzureHostOptions extends Omit<HostOptions, "export"> {
  /** The name of one function as the module registered it (`azure.http(name, ...)`). Default: all of them are served. */
  readonly export?: string | undefined;
  /** host.json's `extensions.http.routePrefix`. Default: `api`. */
  readonly routePrefix?: string | undefined;
  /** host.json's `functionTimeout`, after which the worker is killed and started again. Milliseconds; default 1800000. */
  readonly functionTimeoutMs?: number | undefined;
}

/** How the host starts a function by another trigger than HTTP: values in the shapes of its protocol. */
export interface TriggerInit {
  readonly input: RpcData;
  readonly triggerMetadata?: Readonly<Record<string, RpcData>> | undefined;
  /** Of a retry policy: absent on the first attempt. */
  readonly retryContext?: RpcRetryContext | undefined;
}

/** What the host learns of an invocation that has no reply. */
export interface TriggerResult {
  readonly status: "success" | "failure";
  /** The worker's text about a failure. */
  readonly error?: string | undefined;
}

/** A function app, reachable over HTTP and by its other triggers. */
export interface AzureHost extends Host {
  /** Starts a function as its trigger does, by the name that it was registered with. */
  trigger(functionName: string, init: TriggerInit): Promise<TriggerResult>;
}

/**
 * Runs a function app on the real `@azure/functions` library, loaded as the Functions host's worker loads it, behind a front end that plays
 * the host: routes, the conversion of requests and replies, and both modes, whichever the app set up. Functions keys are not checked.
 *
 * @example
 * await using host = await azure({ module: "dist/azure.js" });
 * await fetch(`${host.url}/api/orders`);
 * @throws {Error} when the module cannot be loaded, with the reason, or registers no such function.
 */
export async function azure(options: AzureHostOptions): Promise<AzureHost> {
  const { routePrefix = "api", functionTimeoutMs = 1_800_000 } = options;
  const logs: string[] = [];
  let worker = await startWorker(options, logs);
  let restarting: Promise<void> | undefined;
  const functions = worker.functions.filter(({ name }) => options.export === undefined || name === options.export);
  if (functions.length === 0) {
    await worker.kill();
    const names = worker.functions.map(({ name }) => name).join(", ") || "none";
    throw new Error(
      `${options.export ? `No function ${options.export}` : "No function"} was registered; there is: ${names}.`,
    );
  }
  const routes = createRoutes(
    functions.filter(({ type }) => type === "httpTrigger"),
    routePrefix,
  );
  const server = createServer((request, response) => {
    serve(request, response).catch((error) => {
      logs.push(`[azure host] ${error}`);
      response.destroy();
    });
  });
  const limit = async <T>(work: (worker: Worker) => Promise<T>): Promise<T> => {
    await restarting;
    const timer = setTimeout(() => {
      // A timeout costs every invocation of the process.
      restarting ??= worker
        .kill()
        .then(() => startWorker(options, logs))
        .then((started) => {
          worker = started;
          restarting = undefined;
        });
      logs.push(`[azure host] Timeout value of ${functionTimeoutMs} ms exceeded. Restarting the worker.`);
    }, functionTimeoutMs);
    return work(worker).finally(() => clearTimeout(timer));
  };
  const serve = (request: IncomingMessage, response: ServerResponse) =>
    limit((current) => handle(current, routes, request, response));
  const trigger = async (name: string, { input, triggerMetadata = {}, retryContext }: TriggerInit) => {
    if (!functions.some((one) => one.name === name)) throw new Error(`No function ${name} was registered.`);
    const invocation = { id: newInvocationId(), name, input, triggerMetadata, retryContext };
    const { error } = await limit((current) => current.invoke({ ...invocation, traceContext: toTraceContext({}) }));
    return error === undefined ? ({ status: "success" } as const) : ({ status: "failure", error } as const);
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      server.close();
      await restarting;
      await worker.terminate();
      server.closeAllConnections();
    })();
    return closing;
  };
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    logs,
    trigger,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function handle(
  worker: Worker,
  routes: RouteTable,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const given = toHostRequest(request);
  const match = routes(given.method, given.path);
  if (!match) {
    request.resume();
    response.writeHead(404, { "content-length": 0 }).end();
    return;
  }
  const { name, params } = match;
  const id = newInvocationId();
  const traceContext = toTraceContext(given.headers);
  if (worker.httpUri !== undefined) {
    // Whether the invocation fails is seen only after the forwarding has ended.
    const triggerMetadata = toTriggerMetadata(given, params);
    const invoked = worker.invoke({ id, name, input: { http: emptyRpcRequest }, triggerMetadata, traceContext });
    await forward(worker.httpUri, id, given, request, response);
    await invoked;
    return;
  }
  const rpcRequest = toRpcRequest(given, params, await readBody(request));
  const { reply, error } = await worker.invoke({
    id,
    name,
    input: { http: rpcRequest },
    triggerMetadata: {},
    traceContext,
  });
  if (reply) writeReply(response, reply);
  else response.writeHead(error === undefined ? 204 : 500, error === undefined ? {} : { "content-length": 0 }).end();
}
