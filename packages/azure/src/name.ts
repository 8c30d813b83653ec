import { HandlerError } from "@portico/core";

/**
 * Refuses a function name that Azure Functions would not take.
 *
 * @throws {HandlerError} CONFIG_INVALID when it has other characters, or more.
 */
export function checkName(name: string): void {
  if (typeof name === "string" && /^[A-Za-z][\w-]{0,127}$/.test(name)) return;
  throw new HandlerError("CONFIG_INVALID", `Azure Functions does not take the function name ${JSON.stringify(name)}.`, {
    hint: "Names begin with a letter and have letters, digits, underscores and dashes, 128 at most.",
  });
}
