import { expect, test } from "vitest";
import { checkOptions } from "./options.js";

const names = { logLevel: true, bodyLimit: true, timeoutMs: true, trustedProxies: true, trust: true } as const;

test("options that are left out, at their edges, or known by name are taken", () => {
  checkOptions({}, names);
  checkOptions({ bodyLimit: 0, timeoutMs: 0, trustedProxies: 0, trust: [] }, names);
  checkOptions({ bodyLimit: Number.POSITIVE_INFINITY, timeoutMs: Number.POSITIVE_INFINITY, trustedProxies: 9 }, names);
  checkOptions({ trust: ["b"] }, names, ["a", "b"]);
});

test.each([
  [{ bodyLimit: Number.NaN }, /bodyLimit is NaN/],
  [{ bodyLimit: -1 }, /bodyLimit/],
  [{ bodyLimit: "6mb" as unknown as number }, /bodyLimit is 6mb/],
  [{ logLevel: "verbose" }, /logLevel is "verbose"/],
  [{ bodyLimit: 1.5 }, /bodyLimit is 1.5/],
  [{ timeoutMs: "3000" as unknown as number }, /timeoutMs is 3000/],
  [{ timeoutMs: Number.NaN }, /timeoutMs is NaN/],
  [{ timeoutMs: -1 }, /timeoutMs/],
  [{ trustedProxies: 1.5 }, /trustedProxies/],
  [{ trustedProxies: -1 }, /trustedProxies/],
  [{ trustedProxies: Number.NaN }, /trustedProxies/],
  [{ trust: ["c"] }, /trust has "c"; known here: a, b/],
])("%j is refused", (options, message) => {
  expect(() => checkOptions(options, names, ["a", "b"])).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(message) }),
  );
});
