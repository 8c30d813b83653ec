import { HandlerError, type HttpBuilder, http, reply } from "@portico/core";
import { LazyHttpRequest } from "@portico/core/adapter";
import { fake } from "@portico/testing";
import { describe, expect, test } from "vitest";
import { cors } from "./cors.js";
import { jwt } from "./jwt.js";
import { requestId } from "./request-id.js";
import { timeout } from "./timeout.js";

const origin = "https://shop.example.com";
const id = () => "r-1";
const orders: readonly (readonly [name: string, base: HttpBuilder])[] = [
  ["cors, then request id", http.use(cors({ origin })).use(requestId({ generate: id }))],
  ["request id, then cors", http.use(requestId({ generate: id })).use(cors({ origin }))],
];
const marks = { "access-control-allow-origin": origin, "x-request-id": "r-1", vary: "Origin" };
const request = () => fake.http({ headers: { origin } });

describe.each(orders)("%s", (_name, base) => {
  test("an answer carries both", async () => {
    expect(await base.get("/").handle(() => reply.text("ok"))(request())).toMatchObject({
      status: 200,
      headers: marks,
    });
  });

  test("a thrown error carries both, and is logged once, with the id", async () => {
    const context = fake.context();
    const fn = base.get("/").handle(() => {
      throw new Error("secret");
    });
    expect(await fn(request(), context)).toMatchObject({ status: 500, headers: marks });
    expect(context.logs).toMatchObject([
      { level: "error", fields: { httpRequestId: "r-1", error: { message: "secret" } } },
    ]);
  });

  test("a missing token, a time-out and a reply that cannot be sent carry both", async () => {
    const token = base.use(jwt({ issuer: "i", audience: "a", secret: "s".repeat(32) })).get("/");
    const fns = [
      [401, token.handle(() => reply.empty())],
      [
        504,
        base
          .use(timeout(1))
          .get("/")
          .handle(() => new Promise<never>(() => undefined)),
      ],
      [500, base.get("/").handle(() => reply.text("", { headers: { "x-a": "a\r\nb" } }))],
    ] as const;
    for (const [status, fn] of fns) {
      const context = fake.context();
      expect(await fn(request(), context)).toMatchObject({ status, headers: marks });
      expect(context.logs).toHaveLength(1);
    }
  });

  test("a request that misses the function carries both", async () => {
    const missed = new LazyHttpRequest(
      (request() as object as LazyHttpRequest)["~source"],
      {},
      new HandlerError("NOT_FOUND", "There is nothing at this path."),
    );
    const fn = base.get("/").handle(() => reply.text("never"));
    expect(await fn(missed, fake.context())).toMatchObject({ status: 404, headers: marks });
  });

  test("the headers of a Response stay as they are", async () => {
    const fn = base.get("/").handle(() => {
      const response = new Response("ok", { headers: { "x-own": "1" } });
      response.headers.append("set-cookie", "a=1");
      response.headers.append("set-cookie", "b=2");
      return response;
    });
    expect((await fn(request())).headers).toMatchObject({ ...marks, "x-own": "1", "set-cookie": ["a=1", "b=2"] });
  });
});

test("a preflight carries the id when request id stands outside of cors", async () => {
  const preflight = fake.http({ method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
  const fn = http
    .use(requestId({ generate: id }))
    .use(cors({ origin }))
    .post("/")
    .handle(() => reply.empty());
  expect(await fn(preflight)).toMatchObject({
    status: 204,
    headers: { "access-control-allow-origin": origin, "x-request-id": "r-1" },
  });
});
