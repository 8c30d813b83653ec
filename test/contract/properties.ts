import fc from "fast-check";
import { expect, test } from "vitest";
import { cases, factor } from "../../packages/core/test/random.js";
import type { Limits } from "./http.js";
import { lines, text, type WireReply, type WireRequest } from "./wire.js";

// Platforms differ in a percent sign, a slash and a dot segment; the contract has a test for each. Azure's server refuses a NUL.
const plain = (given: string) =>
  given
    .toWellFormed()
    .replace(/[%/\\]/g, "")
    .replaceAll("\0", "");
const segment = fc
  .string({ unit: "binary", minLength: 1, maxLength: 8 })
  .map(plain)
  .filter((given) => !/^\.{0,2}$/.test(given));
const name = fc.string({ unit: "binary", minLength: 1, maxLength: 8 }).map((given) => given.toWellFormed());
const anyText = fc.string({ unit: "binary", maxLength: 12 }).map((given) => given.toWellFormed());
const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const cookieName = fc.stringMatching(/^[A-Za-z]\w{0,8}$/);

const requests = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE"),
  segments: fc.array(segment, { minLength: 1, maxLength: 4 }),
  query: fc.array(fc.tuple(fc.oneof(fc.constantFrom("a", "b", "__proto__"), name), anyText), { maxLength: 6 }),
  header: value,
  cookies: fc.dictionary(cookieName, fc.stringMatching(/^[\w.-]{0,10}$/), { maxKeys: 3 }),
  body: fc.uint8Array({ maxLength: 60 }),
});

const replies = fc.record({
  status: fc.integer({ min: 200, max: 599 }),
  headers: fc.dictionary(
    fc.stringMatching(/^x-[a-z\d]{1,6}$/),
    fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 })),
    { maxKeys: 4, noNullPrototype: true },
  ),
  cookies: fc.dictionary(cookieName, anyText, { maxKeys: 3, noNullPrototype: true }),
  body: fc.uint8Array({ maxLength: 60 }),
});

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Whatever is sent arrives, and whatever is answered leaves, on every native format. */
export function httpProperties(limits: Limits, send: (request: WireRequest) => Promise<WireReply>): void {
  test(
    "whatever it is, arrives as it was sent",
    async () => {
      await fc.assert(
        fc.asyncProperty(requests, async ({ method, segments, query, header, cookies, body }) => {
          const cookie = Object.entries(cookies).map(([name, text]) => `${name}=${text}`);
          const sent = method === "GET" ? new Uint8Array() : body;
          const search = new URLSearchParams(query);
          const reply = await send({
            method,
            target: `/echo/${segments.map(encodeURIComponent).join("/")}?${search}`,
            headers: [
              ["x-show", "x-any"],
              ["x-any", header],
              ["content-type", "application/octet-stream"],
              ...(cookie.length > 0 ? [["cookie", cookie.join("; ")] as const] : []),
            ],
            ...(method !== "GET" && { body: sent }),
          });
          expect(reply.status, text(reply)).toBe(200);
          const seen = JSON.parse(text(reply));
          expect(seen).toMatchObject({ method, rest: segments.join("/"), cookies, body: hex(sent) });
          expect(seen.headers).toEqual({ "x-any": header });
          // Some events have a map, and so no order among different names.
          const names = new Set([...search.keys(), ...seen.query.map(([name]: [string]) => name)]);
          for (const name of names) {
            const all = search.getAll(name);
            const got = seen.query
              .filter(([given]: [string]) => given === name)
              .map(([, given]: [string, string]) => given);
            expect(got).toEqual(limits.keepsLast ? all.slice(-1) : all);
          }
        }),
        cases(60),
      );
    },
    30_000 * factor,
  );

  test(
    "whatever the reply is, leaves as it was made",
    async () => {
      await fc.assert(
        fc.asyncProperty(replies, async ({ body, ...init }) => {
          const reply = await send({
            method: "POST",
            target: "/mirror",
            headers: [["content-type", "application/json"]],
            body: JSON.stringify({ ...init, body: hex(body) }),
          });
          expect(reply.status).toBe(init.status);
          for (const [name, given] of Object.entries(init.headers))
            expect(lines(reply, name).join(", ")).toBe([given].flat().join(", "));
          const cookies = lines(reply, "set-cookie").map((line) => (line.split(";", 1)[0] as string).split("="));
          expect(Object.fromEntries(cookies.map(([name, text]) => [name, decodeURIComponent(text ?? "")]))).toEqual(
            init.cookies,
          );
          expect(hex(reply.body)).toBe([204, 205, 304].includes(init.status) ? "" : hex(body));
        }),
        cases(60),
      );
    },
    30_000 * factor,
  );
}
