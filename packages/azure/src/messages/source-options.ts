import { HandlerError } from "@portico/core";

/**
 * Azure's own options of a source, as `app.*` takes them: all pass through untouched. What the function's declaration says already may be
 * left out; give it where a setting's name stands for it (`%ORDERS_QUEUE%`).
 */
export type OwnOptions<T, Declared extends string = never> = Omit<T, Declared | "handler" | "trigger"> &
  Partial<Pick<T, Declared & keyof T>> & {
    /** How the host hands over payloads. The default keeps every byte; anything else has them parsed on the way. Default: `binary`. */
    readonly dataType?: "binary" | "string" | undefined;
  };

/** A source that Azure's library has no registration of its own for. */
export interface GenericOptions {
  readonly [option: string]: unknown;
}

/**
 * Refuses, among Azure's own options of a source, those by which the function would get something else than it reads, or nothing would
 * complete its messages.
 *
 * @throws {HandlerError} CONFIG_INVALID for `sdkBinding: true`, and for `autoCompleteMessages: false`, without settlement.
 */
export function checkSourceOptions(options: object): void {
  if ("settlement" in options && options.settlement) return;
  for (const [source, given] of Object.entries(options)) {
    if (typeof given !== "object" || given === null) continue;
    const { sdkBinding, autoCompleteMessages } = given as GenericOptions;
    if (sdkBinding === true) {
      throw new HandlerError("CONFIG_INVALID", `\`${source}: { sdkBinding: true }\` hands over objects of an SDK.`, {
        hint:
          source === "serviceBus"
            ? "Pass `settlement: true` beside `serviceBus`, which registers it so, or leave sdkBinding out."
            : "Leave sdkBinding out: the function gets a portable event.",
      });
    }
    if (autoCompleteMessages === false) {
      throw new HandlerError(
        "CONFIG_INVALID",
        `With \`${source}: { autoCompleteMessages: false }\` nothing completes the messages.`,
        { hint: `Pass \`settlement: true\` beside \`${source}\`, or leave autoCompleteMessages out.` },
      );
    }
  }
}

/**
 * The one source of a registration, by its name.
 *
 * @throws {HandlerError} CONFIG_INVALID when there is none, or several.
 */
export function pickSource<N extends string>(options: object | undefined, names: readonly N[]): N {
  const given = names.filter((name) => (options as Record<string, unknown> | undefined)?.[name] !== undefined);
  const [name] = given;
  if (name !== undefined && given.length === 1) return name;
  const problem = given.length === 0 ? "No source was named" : `Several sources were named: ${given.join(", ")}`;
  throw new HandlerError("CONFIG_INVALID", `${problem}.`, {
    hint: `Give the options of one: ${names.map((one) => `{ ${one}: { ... } }`).join(" or ")}.`,
  });
}
