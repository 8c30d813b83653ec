import type { AzureDelivery, WrapOptions } from "@portico/azure/wrap";
import { wrong } from "../fake-check.js";
import type { Seeded } from "../native/events.js";
import { merge, type Overrides } from "../native/merge.js";
import { context, type FakeInvocationContext, type FakeInvocationInit } from "./context.js";

/** What Azure Functions calls a handler with: `await handler(input, context)`. */
export interface FakeInvocation<I = unknown> {
  readonly input: I;
  readonly context: FakeInvocationContext;
}

/** What native fakes of every kind take beside their source. */
export interface FakeInvocationOptions extends Seeded {
  /** Of the context, such as `functionName` and `retryContext`. */
  readonly context?: Omit<FakeInvocationInit, "seed" | "triggerMetadata"> | undefined;
}

/** What a fake may say otherwise here and there. */
export interface InvocationOverrides<I> {
  readonly input?: Overrides<I> | undefined;
  readonly triggerMetadata?: Readonly<Record<string, unknown>> | undefined;
}

/** Options of an encoder, without the name that a fake need not have and what is for wrapped handlers alone. */
export type FakeOptions<O, Name extends string = never> = (O extends unknown
  ? Omit<O, Name | keyof WrapOptions>
  : never) & { readonly [N in Name]?: string | undefined } & FakeInvocationOptions;

/**
 * The one invocation by which events come.
 *
 * @throws {HandlerError} CONFIG_INVALID when they come in several.
 */
export async function toInvocation<I>(
  deliveries: readonly AzureDelivery[] | Promise<readonly AzureDelivery[]>,
  options: FakeInvocationOptions,
  overrides: InvocationOverrides<I> = {},
): Promise<FakeInvocation<I>> {
  const [delivery, another] = await deliveries;
  if (!delivery || another) {
    throw wrong(
      "These events do not come in one invocation.",
      'Make one at a time, or say that the trigger takes several: `cardinality: "many"`.',
    );
  }
  // What the input is depends on the source, which the caller has chosen.
  const input = merge(delivery.input as I, overrides.input as Overrides<NoInfer<I>> | undefined);
  const { trigger } = delivery;
  const triggerMetadata = delivery.triggerMetadata && merge({ ...delivery.triggerMetadata }, overrides.triggerMetadata);
  const init = {
    seed: options.seed,
    ...(trigger && { options: { trigger } }),
    ...(triggerMetadata && { triggerMetadata }),
  };
  return { input, context: context({ ...init, ...options.context }) };
}
