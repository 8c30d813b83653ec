import * as v from "valibot";
import { expect, test } from "vitest";
import { z } from "zod";
import { testRequest } from "../test/source.js";
import type { Context } from "./context.js";
import { http } from "./kinds/http/function.js";
import type { HttpReply } from "./kinds/http/http-reply.js";
import * as reply from "./kinds/http/reply.js";
import type { HttpRequest } from "./kinds/http/request.js";
import { createLogger } from "./log.js";
import type { StandardSchemaV1 } from "./standard-schema.js";
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

const standard = (validate: (value: unknown) => object) =>
  ({ "~standard": { version: 1, vendor: "test", validate } }) as StandardSchemaV1<unknown>;
const failWith = (issues: readonly object[]) => standard(() => ({ issues }));
const refusalOf = async (schema: StandardSchemaV1, body = "{}") => {
  const { response, lines } = await logged(
    http
      .post("/")
      .use(validate(schema))
      .handle(() => reply.empty()),
    body,
  );
  return { response, lines, problem: JSON.parse(response.body as string) };
};

async function logged(fn: (request: HttpRequest, context: Partial<Context>) => Promise<HttpReply>, body: string) {
  const lines: string[] = [];
  const log = createLogger({
    format: ({ message, fields }) => ({ message, ...fields }),
    write: (line) => lines.push(line),
  });
  return { response: await fn(post(body), { log }), lines };
}

test("of very many issues the first are told and the rest are counted, in the reply and in the log", async () => {
  const body = JSON.stringify({ sku: "a", items: Array.from({ length: 15_000 }, () => ({ quantity: "x" })) });
  const { response, problem, lines } = await refusalOf(Order, body);
  expect(response.status).toBe(400);
  expect(problem.detail).toContain("14950 more issues are not listed");
  expect(problem.details).toHaveLength(50);
  expect((response.body as string).length).toBeLessThan(16_000);
  expect(lines).toHaveLength(1);
  expect(lines[0]?.length).toBeLessThan(16_000);
});

test("issues of several parts are counted together", async () => {
  const issues = (count: number) => failWith(Array.from({ length: count }, () => ({ message: "no" })));
  const fn = http
    .post("/")
    .use(validate({ body: issues(30), query: issues(30), headers: issues(1) }))
    .handle(() => reply.empty());
  const problem = JSON.parse((await fn(post("{}"))).body as string);
  expect(problem).toMatchObject({ detail: expect.stringContaining("11 more"), details: { length: 50 } });
  expect(problem.details[49].path).toBe("query");
});

test("more issues than a call takes arguments are no failure of the function", async () => {
  const { problem } = await refusalOf(failWith(Array.from({ length: 200_000 }, () => ({ message: "no" }))));
  expect(problem).toMatchObject({ status: 400, code: "INPUT_INVALID", detail: expect.stringContaining("199950 more") });
});

test("the places and the words of issues are cut, with what is missing counted", async () => {
  const { response, problem } = await refusalOf(
    failWith([
      { message: "m".repeat(100_000), path: ["k".repeat(100_000)] },
      { message: "deep", path: Array.from({ length: 100_000 }, () => "a") },
      { message: "half", path: [`${"x".repeat(194)}😀`] },
    ]),
  );
  expect((response.body as string).length).toBeLessThan(2_000);
  expect(problem.details[0].message).toMatch(/^m{300}\.\.\. \(99700 more characters\)$/);
  expect(problem.details[1].path).toMatch(/^body\.a\.a.*\(99968 more levels\)$/);
  expect(problem.details[2].path).not.toMatch(/[\ud800-\udfff]/);
});

test("input that is too deep for the schema's library is the input's fault", async () => {
  const Tree: z.ZodType = z.lazy(() => z.array(Tree));
  const body = "[".repeat(100_000) + "]".repeat(100_000);
  const { response, problem, lines } = await refusalOf(Tree, body);
  expect(response.status).toBe(400);
  expect(problem).toMatchObject({ code: "INPUT_INVALID", details: [{ path: "body" }] });
  expect(lines).toEqual([expect.stringContaining("refused")]);
  const message = { json: async () => JSON.parse(body) };
  await expect(validate(Tree)(message, {}, async () => ({}))).rejects.toMatchObject({ permanent: true });
});

test("input with more mistakes than the schema's library can take is the input's fault", async () => {
  const body = JSON.stringify({ list: Array.from({ length: 300_000 }, () => 1) });
  const { problem } = await refusalOf(z.object({ a: z.object({ list: z.array(z.string()) }) }), `{"a":${body}}`);
  expect(problem).toMatchObject({ status: 400, code: "INPUT_INVALID" });
});

test("a stack overflow of a schema that answers later counts the same, and any other throw is the function's fault", async () => {
  const recurse = (): number => recurse() + 1;
  const later = standard(async () => ({ value: recurse() }));
  expect((await refusalOf(later)).response.status).toBe(400);
  const broken = standard(() => {
    throw new RangeError("Invalid time value");
  });
  expect((await refusalOf(broken)).response.status).toBe(500);
});

test.each([
  [undefined, "was given undefined"],
  [null, "was given null"],
  ["string", "was given a string"],
  [{}, "an empty object"],
  [{ sku: "string" }, '"sku", which is not a part of a request'],
  [{ body: "string" }, "was given a string for `body`"],
  [{ body: { parse() {} } }, "was given an object for `body`"],
  [{ "~standard": {} }, '"~standard", which is not a part'],
  [() => true, "was given a function"],
  [[], "an empty object"],
])("validate(%j) is refused where it is written", (given, message) => {
  expect(() => validate(given as never)).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.stringContaining(message),
      hint: expect.stringContaining("z.object"),
    }),
  );
});

test("a schema may be a function, and a part may be left undefined", async () => {
  const schema = Object.assign(
    () => true,
    standard((value) => ({ value })),
  );
  const fn = http
    .post("/")
    .use(validate({ body: schema, query: undefined }))
    .handle((_request, { input }) => reply.json(input));
  expect((await fn(post("1"))).body).toBe('{"body":1}');
  expect(() => validate(schema)).not.toThrow();
});
