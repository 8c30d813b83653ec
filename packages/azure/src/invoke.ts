import { type AnyInvokeFunction, http as httpKind, type Invocation, reply } from "@portico/core";
import { checkKind, checkNames, type OptionNames, plainEvent } from "@portico/core/adapter";
import { type AzureHttpHandler, type AzureHttpOptions, http, httpNames } from "./http.js";

export interface AzureInvokeOptions extends AzureHttpOptions {
  /** The route below the prefix. Default: the name that the function is declared with. */
  readonly path?: string | undefined;
}

const names = { ...httpNames, path: true } satisfies OptionNames<AzureInvokeOptions>;

/**
 * Registers an invoke function with Azure Functions, as an endpoint that takes JSON by POST and answers JSON: the payload, and what the
 * function returns, null for nothing. An error is a problem reply. `authLevel` is `function` unless you say otherwise. Call it while the
 * app starts. Returns the handler it registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not an invoke function, or the name is none that Azure takes.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger
 * @example
 * azure.invoke("quote", quote);
 */
export function invoke(name: string, fn: AnyInvokeFunction, options: AzureInvokeOptions = {}): AzureHttpHandler {
  checkNames(options, names);
  checkKind("invoke", fn);
  const { path = fn.trigger.name, ...own } = options;
  // The one place that gives it its event.
  const call = fn as unknown as (call: Invocation, context: unknown) => Promise<unknown>;
  const endpoint = httpKind.post(`/${path.replace(/^\/+/, "")}` as "/").handle(async (request, context) => {
    const body = await request.text();
    const payload = body === "" ? null : await request.json();
    const { id, source, time, native } = request;
    const result = await call(
      plainEvent({ kind: "invoke", id, source, time, native, payload, json: async () => payload }),
      context,
    );
    return reply.json(result ?? null);
  });
  return http(name, endpoint, { authLevel: "function", ...own });
}
