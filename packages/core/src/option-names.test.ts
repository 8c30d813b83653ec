import { expect, expectTypeOf, test } from "vitest";
import { checkNames, type OptionNames } from "./option-names.js";

const names = { bodyLimit: true, timeoutMs: true, retryDelay: true, logLevel: true } as const;

function hintFor(options: unknown): string | undefined {
  try {
    checkNames(options, names);
  } catch (error) {
    expect(error).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/^The option .* is not known\.$/),
    });
    return (error as { hint?: string }).hint;
  }
  throw new Error("It was taken.");
}

test("options that are known, left out or undefined are taken", () => {
  checkNames(undefined, names);
  checkNames({}, names);
  checkNames({ bodyLimit: undefined, timeoutMs: 1 }, names);
  checkNames(Object.assign(Object.create({ inherited: 1 }) as object, { logLevel: "info" }), names);
});

test.each([
  ["timeout", "timeoutMs"],
  ["timeoutSeconds", "timeoutMs"],
  ["timeoutMS", "timeoutMs"],
  ["tiemoutMs", "timeoutMs"],
  ["limit", "bodyLimit"],
  ["bodylimit", "bodyLimit"],
  ["retry", "retryDelay"],
  ["loglevel", "logLevel"],
])("%s is refused, with the hint to write %s", (name, nearest) => {
  expect(hintFor({ [name]: undefined })).toBe(`Write ${nearest}.`);
});

test.each(["memory", "", "x", "toString", "constructor", "__proto__x", "0"])(
  "%j is like none, and the hint names all",
  (name) => {
    const hint = hintFor({ [name]: 1 });
    for (const known of Object.keys(names)) expect(hint).toContain(known);
  },
);

test.each([[null], [3000], ["timeoutMs"], [() => 1], [["a"]]])("%j is not an object, and is refused", (options) => {
  hintFor(options);
});

test("the place of the options stands before the name", () => {
  expect(() => checkNames({ timeout: 1 }, names, "schedules.")).toThrow(/schedules\.timeout is not known/);
});

test("the names of a union are those of all its members", () => {
  type Both = { readonly a: 1; readonly both?: 2 } | { readonly b?: 1; readonly both: 2 };
  expectTypeOf<OptionNames<Both>>().toEqualTypeOf<{ readonly a: true; readonly b: true; readonly both: true }>();
  // @ts-expect-error `both` is missing
  const some: OptionNames<Both> = { a: true, b: true };
  expect(some).toBeDefined();
});
