import type { HttpRequest as AzureHttpRequest } from "@azure/functions";
import { encodeInvoke, type WrapInvokeOptions } from "@portico/azure/wrap";
import type { Invocation } from "@portico/core";
import { type FakeInvokeInit, fakeInvoke } from "../fake-invoke.js";
import { type Faked, toEvent } from "../native/events.js";
import { context } from "./context.js";
import type { FakeInvocation, FakeInvocationOptions } from "./invocation.js";

/** What a fake call is on Azure. */
export interface FakeInvokeOptions
  extends Pick<WrapInvokeOptions, "path" | "routePrefix">,
    Partial<Pick<WrapInvokeOptions, "name">>,
    FakeInvocationOptions {}

/**
 * A call as the request by which it comes: its payload as JSON, by POST.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when its payload is no JSON; CONFIG_INVALID when it cannot be made.
 */
export async function invoke(
  call: Faked<Invocation, FakeInvokeInit> = {},
  options: FakeInvokeOptions = {},
): Promise<FakeInvocation<AzureHttpRequest>> {
  const { name = "fake", seed } = options;
  const input = await encodeInvoke(toEvent(fakeInvoke, call, options), { ...options, name });
  return { input, context: context({ seed, ...options.context }) };
}
