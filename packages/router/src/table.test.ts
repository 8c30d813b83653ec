import { type AnyHttpFunction, http, reply } from "@portico/core";
import { compilePath, parsePath, toContext } from "@portico/core/adapter";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cases } from "../../core/test/random.js";
import { requestFor } from "../test/request.js";
import { createTable, type Destination } from "./table.js";

const context = toContext(undefined);

const literal = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "",
    "~",
    "a.b",
    "...",
    "(x)",
    "a*",
    "a:b",
    "$",
    "+",
    "a?b".replace("?", "%3F"),
    "%2F",
    "é",
    "%FF",
    "%7Ba%7D",
    "\\",
  ),
  fc
    .string({ maxLength: 4 })
    .filter((text) => !/[/?#{}[\]<>]|^[:*(.]|^\.{1,2}$|\(\.[*+]\)/.test(text) && !/^(?:\.|%2e){1,2}$/i.test(text)),
);
const segments = (element: fc.Arbitrary<string>) => fc.array(element, { maxLength: 4 });

const template = fc.tuple(segments(fc.oneof(literal, fc.constant(":"))), fc.boolean()).map(([parts, rest]) => {
  const named = parts.map((part, index) => (part === ":" ? `:p${index}` : part));
  return `/${[...named, ...(rest ? ["*rest"] : [])].join("/")}`;
});
const path = segments(literal).map((parts) => `/${parts.join("/")}`);

/** A path that often fits one of the templates. */
const near = (templates: readonly string[]) =>
  fc.tuple(fc.nat(), segments(literal), path).map(([index, fill, other]) => {
    const chosen = templates.length === 0 ? other : (templates[index % templates.length] as string);
    let next = 0;
    const filled = chosen
      .split("/")
      .map((part) => (/^[:*]/.test(part) ? (fill[next++ % (fill.length || 1)] ?? "") : part));
    return filled.join("/") || "/";
  });

const get = (at: string): AnyHttpFunction => http.get(at).handle(() => reply.empty());

function found(functions: readonly AnyHttpFunction[], at: string): Destination | undefined {
  try {
    return createTable(functions).find(requestFor({ path: at }), context) as Destination;
  } catch (error) {
    expect(["NOT_FOUND", "BAD_REQUEST"]).toContain((error as { code?: string }).code);
    return (error as { code: string }).code === "BAD_REQUEST" ? ("bad request" as never) : undefined;
  }
}

function fits(at: string, given: string): Readonly<Record<string, string>> | "bad request" | undefined {
  try {
    return compilePath(at)(requestFor({ path: given }).path);
  } catch {
    return "bad request";
  }
}

test("a function behind a router takes the same paths, with the same parameters, as it does alone", () => {
  const pair = template.chain((at) => fc.tuple(fc.constant(at), fc.oneof(path, near([at]))));
  fc.assert(
    fc.property(pair, ([at, given]) => {
      const alone = fits(at, given);
      const routed = found([get(at)], given);
      expect(routed === undefined || typeof routed === "string" ? routed : routed.params).toEqual(alone);
    }),
    cases(1000),
  );
});

/** Lower is more specific; compared segment by segment from the left. */
const ranks = (at: string) => parsePath(at).map(({ kind }) => ({ literal: 0, param: 1, rest: 2 })[kind]);

function moreSpecific(one: string, other: string): number {
  const [left, right] = [ranks(one), ranks(other)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    // A template that ends is more specific than one that goes on with an empty rest.
    const difference = (left[index] ?? -1) - (right[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

test("of several functions the most specific that fits is found, in whatever order they are given", () => {
  const set = fc
    .array(template, { minLength: 2, maxLength: 8 })
    .chain((list) => fc.tuple(fc.constant(list), fc.oneof(path, near(list))));
  fc.assert(
    fc.property(set, ([templates, given]) => {
      const functions = templates.flatMap((at, index) => {
        const shape = (text: string) =>
          JSON.stringify(parsePath(text).map((part) => (part.kind === "literal" ? part.text : part.kind)));
        return templates.findIndex((other) => shape(other) === shape(at)) === index ? [get(at)] : [];
      });
      const fitting = functions.map(({ trigger }) => trigger.path).filter((at) => fits(at, given) !== undefined);
      const best = fitting.toSorted(moreSpecific)[0];
      const routed = found(functions, given);
      if (typeof routed === "string") expect(fitting.map((at) => fits(at, given))).toContain("bad request");
      else expect(routed?.fn.trigger.path).toBe(best);
    }),
    cases(1000),
  );
});

test("finding one of two thousand functions takes about as long as finding one of ten", () => {
  const make = (count: number) => createTable(Array.from({ length: count }, (_, index) => get(`/r${index}/:id/items`)));
  const time = (count: number) => {
    const table = make(count);
    const request = requestFor({ path: `/r${count - 1}/7/items` });
    const rounds = Array.from({ length: 7 }, () => {
      const start = performance.now();
      for (let call = 0; call < 5000; call += 1) table.find(request, context);
      return performance.now() - start;
    });
    return Math.min(...rounds);
  };
  time(10);
  expect(time(2000)).toBeLessThan(time(10) * 20);
});

test("an OPTIONS goes to the function that takes it, else to that which the preflight asks for, else to one for every method", () => {
  const every = http.any("/a").handle(() => reply.empty());
  const get = http.get("/a").handle(() => reply.empty());
  const options = http.options("/a").handle(() => reply.empty());
  const withPreflight = Object.assign((...args: Parameters<typeof get>) => get(...args), {
    trigger: { ...get.trigger, layerMethods: ["OPTIONS"] },
    uses: get.uses,
  });
  const asks = { "access-control-request-method": "GET" };
  const found = (functions: readonly AnyHttpFunction[], headers = {}) =>
    (createTable(functions).find(requestFor({ method: "OPTIONS", path: "/a", headers }), context) as Destination).fn;
  expect(found([every, withPreflight], asks)).toBe(withPreflight);
  expect(found([every, withPreflight])).toBe(every);
  expect(found([every, get], asks)).toBe(every);
  expect(found([every, withPreflight, options], asks)).toBe(options);
  expect((createTable([every, get]).find(requestFor({ method: "PUT", path: "/a" }), context) as Destination).fn).toBe(
    every,
  );
});
