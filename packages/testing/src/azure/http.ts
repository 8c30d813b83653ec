import type { HttpRequest as AzureHttpRequest } from "@azure/functions";
import { type EncodeHttpOptions, encodeHttp } from "@portico/azure/wrap";
import type { HttpRequest } from "@portico/core";
import { type FakeHttpInit, fakeHttp } from "../fake-http.js";
import { type Faked, toEvent } from "../native/events.js";
import { fillPath } from "../native/path.js";
import { context } from "./context.js";
import type { FakeInvocation, FakeInvocationOptions } from "./invocation.js";

/** What a fake request is on Azure. */
export interface FakeHttpOptions extends EncodeHttpOptions, FakeInvocationOptions {
  /** The route as a template, `/orders/:id`: then the path may be left to the `params`. */
  readonly template?: string | undefined;
}

/**
 * A request as a handler gets it: the library's own class.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it cannot hold the request; CONFIG_INVALID when it cannot be made.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger
 * @example
 * const { input, context } = await azure.http({ path: "/orders", json: { sku: "a" } });
 * expect((await createOrder(input, context)).status).toBe(201);
 */
export async function http(
  request: Faked<HttpRequest, FakeHttpInit> = {},
  options: FakeHttpOptions = {},
): Promise<FakeInvocation<AzureHttpRequest>> {
  const neutral = toEvent<HttpRequest, FakeHttpInit>(fakeHttp, request, options);
  const sent = options.template === undefined ? neutral : fillPath(options.template, neutral);
  return { input: await encodeHttp(sent, options), context: context({ seed: options.seed, ...options.context }) };
}
