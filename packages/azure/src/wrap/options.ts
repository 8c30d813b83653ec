import type { FunctionInput, FunctionOutput, FunctionTrigger, RetryOptions } from "@azure/functions";
import { type Context, HandlerError } from "@portico/core";
import type { OptionNames } from "@portico/core/adapter";

/**
 * A handler as it is registered with `app.*` of `@azure/functions`, typed as its author typed it.
 *
 * @see https://learn.microsoft.com/azure/azure-functions/functions-reference-node
 */
export type NativeHandler = (input: never, context: never) => unknown;

/** Options that wrapped handlers of every kind have. */
export interface WrapOptions {
  /** What the handler's context says of its function. */
  readonly function?: {
    /** `context.functionName`. Default: the name that the portable function is deployed under. */
    readonly name?: string | undefined;
  };
  /**
   * Gives the value of an extra input that is declared with the trigger's options: what `context.extraInputs.get` returns. Called for each
   * of them before the handler.
   */
  readonly inputs?: ((input: FunctionInput, context: Context) => Promise<unknown>) | undefined;
  /**
   * Takes what the handler set with `context.extraOutputs.set`, by the output's name, and what it returned where a `return` output is
   * declared (`$return`). Called after the handler has succeeded, and awaited before anything is acknowledged. Without it an output that
   * was set is an error.
   */
  readonly outputs?: ((name: string, value: unknown, context: Context) => Promise<void>) | undefined;
}

/** The names of the options that wrapped handlers of every kind have. */
export const wrapNames = { function: true, inputs: true, outputs: true } as const satisfies OptionNames<WrapOptions>;

/** What a registration says beside its trigger. */
export interface Bindings {
  readonly return?: FunctionOutput | undefined;
  readonly extraInputs?: readonly FunctionInput[] | undefined;
  readonly extraOutputs?: readonly FunctionOutput[] | undefined;
  readonly retry?: RetryOptions | undefined;
}

/** The options that a handler is registered with at home, each of which may be left out. */
export type Registered<T> = Partial<Omit<T, "handler" | "trigger" | "retry" | keyof Bindings>> &
  Bindings & {
    /** As bytes the handler gets a `Buffer`; else text, which the library parses where it is JSON. Default: text. */
    readonly dataType?: "binary" | "string" | undefined;
  };

/** A registration taken apart: what the trigger is made of, and what stands beside it. */
export function takeBindings<T extends object>(
  own: T,
): { readonly trigger: Omit<T, keyof Bindings>; readonly bindings: Bindings } {
  const { return: output, extraInputs, extraOutputs, retry, ...trigger } = own as T & Bindings;
  return { trigger, bindings: { return: output, extraInputs, extraOutputs, retry } };
}

/** A trigger as a handler's context shows it. */
export function toShownTrigger(trigger: FunctionTrigger): FunctionTrigger {
  const properties = { supportsDeferredBinding: String(trigger.sdkBinding === true) };
  return { ...trigger, type: trigger.type, name: trigger.name, direction: "in", properties };
}

/**
 * Refuses a handler or options that cannot work.
 *
 * @throws {HandlerError} CONFIG_INVALID when the handler is no function, or a binding has nobody who serves it.
 */
export function checkWrap(handler: unknown, { inputs, outputs }: WrapOptions, bindings: Bindings): void {
  if (typeof handler !== "function") throw new HandlerError("CONFIG_INVALID", "The handler to wrap is not a function.");
  const declared = [...(bindings.extraOutputs ?? []), ...(bindings.return ? [bindings.return] : [])];
  if (declared.length > 0 && !outputs) throw unserved("output", declared, "outputs: (name, value, context) => Promise");
  if ((bindings.extraInputs?.length ?? 0) > 0 && !inputs)
    throw unserved("input", bindings.extraInputs ?? [], "inputs: (input, context) => Promise");
}

function unserved(what: string, bindings: readonly { readonly type: string }[], option: string): HandlerError {
  const types = bindings.map(({ type }) => type).join(", ");
  return new HandlerError(
    "CONFIG_INVALID",
    `The handler has an ${what} binding (${types}), which exists on Azure alone.`,
    {
      hint: `Say what serves it: \`${option}\`.`,
    },
  );
}
