import { HandlerError } from "./error.js";

/**
 * Holds what a wrapper is called with against what it cannot do without: JavaScript callers leave out what a type demands.
 *
 * @throws {HandlerError} CONFIG_INVALID when the options, or the one of this name, are missing.
 */
export function requireOption(wrapper: string, options: unknown, name: string, example: string): void {
  const given =
    typeof options === "object" && options !== null ? (options as Record<string, unknown>)[name] : undefined;
  if (given !== undefined && given !== null && given !== "") return;
  throw new HandlerError("CONFIG_INVALID", `The wrapper of kind ${wrapper} is missing the option \`${name}\`.`, {
    hint: `Pass it behind the handler: \`${wrapper}(handler, { ${name}: ${example} })\`.`,
  });
}
