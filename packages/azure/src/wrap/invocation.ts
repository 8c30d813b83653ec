import type { InvocationContext as AzureInvocationContext, FunctionTrigger, RetryContext } from "@azure/functions";
import { type Context, toTraceparent } from "@portico/core";
import { InvocationContext } from "./library.js";
import type { Bindings, WrapOptions } from "./options.js";
import { Outputs } from "./outputs.js";

/** What one invocation of a wrapped handler is made of. */
export interface InvocationInit {
  readonly trigger: FunctionTrigger;
  readonly bindings: Bindings;
  readonly options: WrapOptions;
  readonly context: Context;
  readonly triggerMetadata?: Readonly<Record<string, unknown>> | undefined;
  readonly retryContext?: RetryContext | undefined;
}

/** A native context, and what is to be done with what the handler put into it. */
export interface NativeInvocation {
  readonly context: AzureInvocationContext;
  /**
   * Hands over the outputs, once the handler has succeeded. `result`: what it returned, where that is an output.
   *
   * @throws {HandlerError} CONFIG_INVALID when nobody takes an output that was set.
   */
  finish(result?: unknown): Promise<void>;
}

/** The context of one invocation as the worker would make it: `@azure/functions`' own class. */
export async function toNativeInvocation(init: InvocationInit): Promise<NativeInvocation> {
  const { trigger, bindings, options, context, triggerMetadata, retryContext } = init;
  const { traceState = "", ...trace } = context.trace;
  const native = new InvocationContext({
    invocationId: context.id,
    functionName: options.function?.name ?? context.functionName,
    logHandler: (level, ...args: unknown[]) => context.log[levels[level] ?? "info"](format(args)),
    traceContext: { traceParent: toTraceparent(trace), traceState, attributes: {} },
    ...(retryContext && { retryContext }),
    ...(triggerMetadata && { triggerMetadata: { ...triggerMetadata } }),
    options: {
      trigger,
      extraInputs: (bindings.extraInputs ?? []).map((input) => ({ ...input, direction: "in" })),
      extraOutputs: (bindings.extraOutputs ?? []).map(toShownOutput),
      ...(bindings.return && { return: toShownOutput(bindings.return) }),
    },
  });
  for (const input of bindings.extraInputs ?? []) native.extraInputs.set(input, await options.inputs?.(input, context));
  const outputs = new Outputs();
  native.extraOutputs = outputs;
  return {
    context: native,
    finish: (result) => outputs.handOver(bindings.return ? result : undefined, options.outputs, context),
  };
}

function toShownOutput<T extends object>(output: T): T & { direction: string } {
  return { ...output, direction: "out" };
}

const levels = {
  trace: "debug",
  debug: "debug",
  information: "info",
  warning: "warn",
  error: "error",
  critical: "error",
  none: "debug",
} as const;

/** What the worker does with the arguments of a log call. */
function format(args: readonly unknown[]): string {
  const [first] = args;
  if (args.length === 1 && typeof first === "string") return first;
  // Not an import: packages load no module of Node by themselves.
  const { format: join } = process.getBuiltinModule("node:util");
  return join(...args);
}
