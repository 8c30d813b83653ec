import type { InvocationContextExtraOutputs } from "@azure/functions";
import { type Context, HandlerError } from "@portico/core";
import type { WrapOptions } from "./options.js";

type Named = string | { readonly name: string };

/** Keeps what a handler sets until it is known to have succeeded, as the worker does. */
export class Outputs implements InvocationContextExtraOutputs {
  private readonly values = new Map<string, unknown>();

  get(outputOrName: Named): unknown {
    return this.values.get(nameOf(outputOrName));
  }

  set(outputOrName: Named, value: unknown): void {
    this.values.set(nameOf(outputOrName), value);
  }

  /** Nothing that was set is left behind, whether it was declared or not. What was set to nothing is no output. */
  async handOver(result: unknown, take: WrapOptions["outputs"], context: Context): Promise<void> {
    const all = [["$return", result] as const, ...this.values];
    for (const [name, value] of all) {
      if (value === undefined || value === null) continue;
      if (!take) {
        throw new HandlerError("CONFIG_INVALID", `The handler set the output ${name}, and nobody takes it.`, {
          hint: "Say where it goes: `outputs: (name, value, context) => Promise`.",
          permanent: false,
        });
      }
      await take(name, value, context);
    }
  }
}

function nameOf(outputOrName: Named): string {
  return typeof outputOrName === "string" ? outputOrName : outputOrName.name;
}
