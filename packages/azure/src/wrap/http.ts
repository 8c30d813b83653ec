import {
  type HttpRequest as AzureHttpRequest,
  type HttpMethod,
  type HttpTriggerOptions,
  output,
  trigger,
} from "@azure/functions";
import type { Context, HttpFunction, HttpReply, HttpRequest, StreamSource } from "@portico/core";
import { checkNames, createHttpFunction, type OptionNames, requireOption, toChunks } from "@portico/core/adapter";
import type { AzureContext } from "../context.js";
import { toMethods, toRoute } from "../http/route.js";
import { failed, toReply } from "./http/reply.js";
import { type EncodeHttpOptions, toNativeRequest } from "./http/request.js";
import { type NativeInvocation, toNativeInvocation } from "./invocation.js";
import {
  type Bindings,
  checkWrap,
  type NativeHandler,
  toShownTrigger,
  type WrapOptions,
  wrapNames,
} from "./options.js";

export type { EncodeHttpOptions } from "./http/request.js";

/** How an Azure function for HTTP is wrapped. */
export interface WrapHttpOptions
  extends WrapOptions,
    EncodeHttpOptions,
    Pick<Bindings, "extraInputs" | "extraOutputs"> {
  /** The portable path template: `/orders/:id` for the route `orders/{id}`, `/files/*path` for `files/{*path}`. */
  readonly path: string;
  /** In upper case; `*` stands for every method. Default: GET and POST, as at home. */
  readonly methods?: readonly (HttpMethod | "*")[] | undefined;
  /** The route as the handler sees it in `context.options.trigger`. Default: the one that the path makes. */
  readonly route?: string | undefined;
  /** As the handler sees it in `context.options.trigger`; who may call is the new platform's to say. Default: `anonymous`. */
  readonly authLevel?: HttpTriggerOptions["authLevel"];
}

/**
 * The request that Azure Functions would give a handler.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it cannot hold the request.
 */
export function encodeHttp(request: HttpRequest, options: EncodeHttpOptions = {}): Promise<AzureHttpRequest> {
  return toNativeRequest(request, options);
}

/**
 * What a handler returned as the reply that a client gets, read as the worker's library and the host do: what they refuse becomes the host's
 * 500, with the reason as the reply's `error`.
 */
export function decodeHttpResult(
  result: unknown,
  { httpStream = false }: Pick<EncodeHttpOptions, "httpStream"> = {},
): Promise<HttpReply> {
  return toReply(result, httpStream).catch(failed);
}

const names = {
  ...wrapNames,
  path: true,
  methods: true,
  route: true,
  authLevel: true,
  extraInputs: true,
  extraOutputs: true,
  routePrefix: true,
  httpStream: true,
} satisfies OptionNames<WrapHttpOptions>;

/**
 * Makes a portable function of an existing HTTP handler. It gets `HttpRequest` and `InvocationContext` of `@azure/functions`; every result
 * that Azure takes is read back, and a throw is a 500 without a body, its error for the log.
 *
 * @throws {HandlerError} CONFIG_INVALID when the handler is no function, the path is no template, or a binding has nobody who serves it.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger
 * @example
 * export const ordersApi = functions.http(handler, { path: "/orders/:id", methods: ["GET"] });
 */
export function http(handler: NativeHandler, options: WrapHttpOptions): HttpFunction {
  checkNames(options ?? undefined, names);
  requireOption("http", options, "path", '"/orders/:id"');
  const { path, methods = ["GET", "POST"], route, authLevel, extraInputs, extraOutputs } = options;
  checkWrap(handler, options, { extraInputs, extraOutputs });
  const bindings = { extraInputs, extraOutputs, return: output.http({}) };
  const shown = toShownTrigger(
    trigger.http({
      ...(authLevel && { authLevel }),
      methods: toMethods({ kind: "http", methods, path }),
      route: route ?? toRoute(path),
    }),
  );
  const call = handler as (request: unknown, context: unknown) => unknown;
  return createHttpFunction(methods, path, [], async (request, context) => {
    // A handler that runs behind an Azure app that streams finds there what it finds at home.
    const httpStream = options.httpStream ?? (context as Partial<AzureContext>)["~streamed"] ?? false;
    const native = await toNativeRequest(request, { ...options, httpStream });
    try {
      const invocation = await toNativeInvocation({ trigger: shown, bindings, options, context });
      const response = await toReply(await call(native, invocation.context), httpStream);
      if (httpStream && response.body !== null)
        return { ...response, body: untilFinished(response.body as StreamSource, invocation, context) };
      await invocation.finish();
      return response;
    } catch (thrown) {
      return failed(thrown);
    }
  });
}

/**
 * A streamed body, then the outputs: what is set while the body is made counts as well. Where the client leaves they are handed over none
 * the less, as at home; where the body fails they are not.
 */
function untilFinished(body: StreamSource, invocation: NativeInvocation, context: Context): AsyncIterable<Uint8Array> {
  const chunks = (toChunks(body) as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let isOver = false;
  const finish = async (): Promise<void> => {
    if (isOver) return;
    isOver = true;
    await invocation.finish();
  };
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      try {
        const next = await chunks.next();
        if (!next.done) return next;
      } catch (error) {
        isOver = true;
        throw error;
      }
      await finish();
      return { done: true, value: undefined };
    },
    async return() {
      context.waitUntil(finish());
      await chunks.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
