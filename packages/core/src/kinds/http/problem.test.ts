import { expect, test } from "vitest";
import { HandlerError } from "../../error.js";
import { normalizeReply } from "./finish.js";
import { http } from "./function.js";
import type { HttpReply } from "./http-reply.js";
import * as reply from "./reply.js";

const problem = (error: unknown = new HandlerError("NOT_FOUND", "None.")) => reply.problem(error);
const read = ({ status, body }: HttpReply) => [status, JSON.parse(body as string)] as const;

test.each([
  ["a spread", (response: HttpReply) => ({ ...response, status: 410 })],
  ["a write", (response: HttpReply) => Object.assign(response, { status: 410 })],
  [
    "another spelling of the header",
    ({ headers, ...rest }: HttpReply) => ({
      ...rest,
      status: 410,
      headers: { "Content-Type": "application/Problem+JSON; charset=utf-8" },
    }),
  ],
])("the status member follows a status that a middleware changed by %s", async (_how, change) => {
  const fn = http
    .get("/a")
    .use(async (_request, _context, next) => change((await next()) as HttpReply) as never)
    .handle(() => problem(new HandlerError("NOT_FOUND", "None.", { details: { a: [1] } })));
  const [status, body] = read(await fn({ kind: "http" } as never));
  expect([status, body]).toEqual([
    410,
    { type: "about:blank", title: "Gone", status: 410, code: "NOT_FOUND", detail: "None.", details: { a: [1] } },
  ]);
});

test("an inner middleware's change is seen by the outer one", async () => {
  const seen: unknown[] = [];
  const fn = http
    .get("/a")
    .use(async (_request, _context, next) => {
      const response = await next();
      seen.push(read(response as HttpReply));
      return response;
    })
    .use(async (_request, _context, next) => ({ ...((await next()) as HttpReply), status: 503 }) as never)
    .handle(() => problem());
  await fn({ kind: "http" } as never);
  expect(seen).toEqual([[503, expect.objectContaining({ status: 503, title: "Service Unavailable" })]]);
});

test("a title of the application's own stays, and a status without a phrase leaves none", () => {
  const own = normalizeReply({ ...problem({ status: 402, title: "Out of credit" }), status: 403 });
  expect(read(own)[1]).toEqual({ type: "about:blank", title: "Out of credit", status: 403 });
  expect(read(normalizeReply({ ...problem({ status: 404 }), status: 579 }))[1]).toEqual({
    type: "about:blank",
    status: 579,
  });
});

test("a problem that agrees is the same object, and what is no problem is left as it is", () => {
  const agreed = problem();
  expect(normalizeReply(agreed)).toBe(agreed);
  const json = reply.json({ status: 1 }, { headers: { "x-a": "1" } });
  expect(normalizeReply(json)).toBe(json);
  const headers = { "content-type": "application/problem+json" };
  for (const body of ["{", "[1]", "null", '"x"', '{"status":"400"}', "{}"]) {
    expect(normalizeReply(reply.text(body, { status: 400, headers })).body).toBe(body);
  }
});

test("a problem that is written by hand is corrected too", () => {
  const headers = { "content-type": "application/problem+json" };
  expect(normalizeReply(reply.text('{"status":400,"b":1}', { status: 422, headers })).body).toBe(
    '{"status":422,"b":1}',
  );
});
