import { HandlerError } from "@portico/core";
import { describe } from "@portico/core/adapter";

/** What a field of an init has to be, in words, with the question whether it is. */
export interface Rule {
  readonly wanted: string;
  fits(value: unknown): boolean;
}

/** A rule for every field that an init may have. */
export type Rules<Init> = { readonly [Name in keyof Init]-?: Rule };

const isText = (value: unknown) => typeof value === "string";

export const any: Rule = { wanted: "any value", fits: () => true };
export const text: Rule = { wanted: "text", fits: isText };
export const filled: Rule = { wanted: "text that is not empty", fits: (value) => isText(value) && value !== "" };
export const flag: Rule = { wanted: "true or false", fits: (value) => typeof value === "boolean" };
export const bytes: Rule = { wanted: "a Uint8Array", fits: (value) => value instanceof Uint8Array };
export const count: Rule = { wanted: "a whole number from 1", fits: (value) => isWhole(value) && value >= 1 };
export const size: Rule = { wanted: "a number of bytes", fits: (value) => isWhole(value) && value >= 0 };
export const date: Rule = {
  wanted: "a valid Date",
  fits: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
};
export const seed: Rule = {
  wanted: "text or a whole number from 0",
  fits: (value) => isText(value) || (isWhole(value) && value >= 0),
};
export const texts: Rule = {
  wanted: "an object of texts by name",
  fits: (value) => isObject(value) && Object.values(value).every(isText),
};

export function oneOf(...values: readonly string[]): Rule {
  return { wanted: `one of ${values.join(", ")}`, fits: (value) => values.includes(value as string) };
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** Whether a value is an object that is no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a fake is told, checked: a field that is spelt wrong would be a test that tests nothing. */
export function checkInit<Init extends object>(what: string, init: Init, rules: Rules<Init>): void {
  if (!isObject(init)) throw wrong(`A ${what} is made of an object, and ${describe(init)} is given.`);
  for (const [name, value] of Object.entries(init)) {
    const rule = Object.hasOwn(rules, name) ? rules[name as keyof Init] : undefined;
    if (!rule) {
      throw wrong(`A ${what} has no ${JSON.stringify(name)}.`, `It takes: ${Object.keys(rules).join(", ")}.`);
    }
    if (value === undefined || rule.fits(value)) continue;
    throw wrong(`The ${JSON.stringify(name)} of a ${what} is ${describe(value)}, and ${rule.wanted} is wanted.`);
  }
}

/** The error for a fake that cannot be made. */
export function wrong(message: string, hint?: string): HandlerError {
  return new HandlerError("CONFIG_INVALID", message, { hint });
}
