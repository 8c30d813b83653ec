import { HandlerError } from "./error.js";

/** The names that options may have: made with `satisfies OptionNames<Options>`, a list has every name of the type, and no other. */
export type OptionNames<Options> = { readonly [Name in NameOf<Options>]-?: true };

// Of each member of a union, where `keyof` has those that all members share.
type NameOf<Options> = Options extends unknown ? keyof Options : never;

/**
 * Refuses what TypeScript refuses, for callers in plain JavaScript: an option that is not known would be left out without a word.
 *
 * @param within stands before the name in the message, such as `schedules.`
 * @throws {HandlerError} CONFIG_INVALID when one of the options has a name that is not known, or they are not an object.
 */
export function checkNames(options: unknown = {}, known: Readonly<Record<string, true>>, within = ""): void {
  for (const name of options && typeof options === "object" ? Object.keys(options) : [`"${options}"`]) {
    if (Object.hasOwn(known, name)) continue;
    // By how many pairs of letters they have in common.
    const likeness = (one: string) =>
      [...name].filter((letter, at) => one.includes(letter + name[at + 1])).length / (name.length + one.length);
    const names = Object.keys(known).sort((one, two) => likeness(two) - likeness(one));
    throw invalidOption(
      `${within}${name} is not known`,
      `Write ${likeness(`${names[0]}`) < 0.2 ? `one of ${names.join(", ")}` : names[0]}.`,
    );
  }
}

/** The error for an option that cannot be meant: "The option `what`." */
export function invalidOption(what: string, hint?: string): HandlerError {
  return new HandlerError("CONFIG_INVALID", `The option ${what}.`, { hint });
}
