import * as v from "valibot";
import { expect, test } from "vitest";
import { z } from "zod";
import { testRequest } from "../test/source.js";
import { http } from "./kinds/http/function.js";
import * as reply from "./kinds/http/reply.js";
import { validate } from "./validate.js";

const Order = z.object({ sku: z.string(), items: z.array(z.object({ quantity: z.number() })) });
const create = http
  .post("/")
  .use(validate(Order))
  .handle((_request, { input }) => reply.json(input));
const post = (body: string) => testRequest({ method: "POST", body });

test("input that fits is passed on, as the schema made it", async () => {
  const response = await create(post('{"sku":"a","items":[],"extra":1}'));
  expect(response).toMatchObject({ status: 200, body: '{"sku":"a","items":[]}' });
});

test("every issue is told, with its place", async () => {
  const response = await create(post('{"items":[{"quantity":"x"}]}'));
  expect(response.status).toBe(400);
  expect(JSON.parse(response.body as string)).toMatchObject({
    code: "INPUT_INVALID",
    details: [{ path: "body.sku" }, { path: "body.items.0.quantity" }],
  });
});

test("input that fails is a permanent failure", async () => {
  const failing = validate(z.object({ a: z.string() }))({ json: async () => ({}) }, {}, async () => ({}));
  await expect(failing).rejects.toMatchObject({ code: "INPUT_INVALID", permanent: true });
});

test("a body that is not JSON is refused before the schema sees it", async () => {
  expect(await create(post("{"))).toMatchObject({ status: 400, body: expect.stringContaining("BAD_REQUEST") });
});

test("parts of a request are checked together, each with its own schema", async () => {
  const fn = http
    .post("/:id")
    .use(
      validate({
        params: z.object({ id: z.coerce.number() }),
        query: z.object({ tag: z.array(z.string()), page: z.coerce.number().default(1) }),
        headers: z.object({ "x-tenant": z.string() }),
        body: v.object({ name: v.string() }),
      }),
    )
    .handle((_request, { input }) => reply.json(input));
  const request = testRequest(
    { method: "POST", query: "tag=a&tag=b", headers: [["x-tenant", "acme"]], body: '{"name":"n"}' },
    { id: "7" },
  );
  expect(JSON.parse((await fn(request)).body as string)).toEqual({
    params: { id: 7 },
    query: { tag: ["a", "b"], page: 1 },
    headers: { "x-tenant": "acme" },
    body: { name: "n" },
  });
  const bad = await fn(testRequest({ method: "POST", body: "{}" }, { id: "x" }));
  const { details } = JSON.parse(bad.body as string);
  expect(details.map(({ path }: { path: string }) => path)).toEqual([
    "params.id",
    "query.tag",
    "headers.x-tenant",
    "body.name",
  ]);
});

test("a schema that checks asynchronously is waited for", async () => {
  const fn = http
    .post("/")
    .use(validate(z.string().refine(async (text) => text === "yes")))
    .handle((_request, { input }) => reply.text(input));
  expect((await fn(post('"yes"'))).status).toBe(200);
  expect((await fn(post('"no"'))).status).toBe(400);
});

test("a query named __proto__ is an own value for the schema, and changes no prototype", async () => {
  let seen: unknown;
  const fn = http
    .get("/")
    .use(
      validate({
        query: {
          "~standard": {
            version: 1,
            vendor: "test",
            validate(value) {
              seen = value;
              return { value };
            },
          },
        },
      }),
    )
    .handle(() => reply.empty());
  await fn(testRequest({ query: "__proto__=x&constructor=y" }));
  expect(Object.hasOwn(seen as object, "__proto__")).toBe(true);
  expect(Object.getPrototypeOf(seen)).toBe(Object.prototype);
});

test("a query of very many names, and as many header fields, take no time", async () => {
  const names = Array.from({ length: 40_000 }, (_, index) => `n${index}`);
  const parts = { query: z.record(z.string(), z.string()), headers: z.record(z.string(), z.string()) };
  const fn = http
    .get("/")
    .use(validate(parts))
    .handle((_request, { input }) => reply.json([Object.keys(input.query).length, Object.keys(input.headers).length]));
  const startMs = performance.now();
  const response = await fn(
    testRequest({ query: names.join("&"), headers: names.map((name) => [name, "1"] as const) }),
  );
  expect(response.body).toBe("[40000,40000]");
  expect(performance.now() - startMs).toBeLessThan(2000);
});
