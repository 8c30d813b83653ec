import { type Context, type HttpReply, type HttpRequest, http, type Middleware, type None, reply } from "@portico/core";
import { fake, header } from "@portico/testing";
import { expect, test } from "vitest";
import { requestId } from "./request-id.js";

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

const echo = (options?: Parameters<typeof requestId>[0]) =>
  http
    .get("/")
    .use(requestId(options))
    .handle((_request, context) => reply.text(context.requestId));

test("every request gets an id of its own, in the context and in the reply", async () => {
  const [first, second] = [await echo()(fake.http()), await echo()(fake.http())];
  expect(first.body).toMatch(uuid);
  expect(header(first, "x-request-id")).toBe(first.body);
  expect(second.body).not.toBe(first.body);
});

test("an id that anybody could send is not taken over", async () => {
  const response = await echo()(fake.http({ headers: { "x-request-id": "mine" } }));
  expect(response.body).toMatch(uuid);
});

test("a trusted id is taken over when it is one that a log and a header can carry", async () => {
  const trusting = echo({ trustIncoming: true });
  for (const id of ["abc-1.2:3/4_5", "x".repeat(128), "Root=1-67891233-abcdef012345678912345678", "a+b=@"]) {
    expect((await trusting(fake.http({ headers: { "X-Request-Id": id } }))).body).toBe(id);
  }
  for (const id of ["", "x".repeat(129), "a b", "a,b", "é", "<script>", "a\r\nb"]) {
    expect((await trusting(fake.http({ headers: { "x-request-id": id } }))).body).toMatch(uuid);
  }
  expect((await trusting(fake.http({ headers: { "x-request-id": ["a", "b"] } }))).body).toMatch(uuid);
  expect((await trusting(fake.http())).body).toMatch(uuid);
});

test("header and generator are the user's", async () => {
  const fn = echo({ header: "X-Correlation-ID", generate: ({ method }) => `${method}-1` });
  expect((await fn(fake.http())).headers).toMatchObject({ "x-correlation-id": "GET-1" });
  expect(() => requestId({ header: "no header" })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test("errors carry the id, and so does the entry about them", async () => {
  const context = fake.context();
  const response = await http
    .get("/")
    .use(requestId({ generate: () => "r-1" }))
    .handle((_request, { log }) => {
      log.info("working");
      throw new Error("secret");
    })(fake.http(), context);
  expect(response).toMatchObject({ status: 500, headers: { "x-request-id": "r-1" } });
  expect(context.logs).toMatchObject([
    { message: "working", fields: { httpRequestId: "r-1" } },
    { level: "error", fields: { httpRequestId: "r-1", error: { message: "secret" } } },
  ]);
});

test("early answers of layers inside carry the id", async () => {
  const response = await http
    .get("/")
    .use(requestId({ generate: () => "r-1" }))
    .use(async () => reply.problem({ status: 401 }))
    .handle(() => reply.empty())(fake.http(), fake.context());
  expect(response).toMatchObject({ status: 401, headers: { "x-request-id": "r-1" } });
});

test("a logger that an outer layer put in front keeps its fields and gets the id", async () => {
  const context = fake.context();
  const tenant: Middleware<HttpRequest, Context, None, HttpReply> = async (_event, { log }, next) =>
    next({ log: log.child({ tenant: "acme" }) });
  await http
    .get("/")
    .use(tenant)
    .use(requestId({ generate: () => "r-1" }))
    .handle((_request, { log }) => {
      log.info("working");
      return reply.empty();
    })(fake.http(), context);
  expect(context.logs).toEqual([
    { level: "info", message: "working", fields: { tenant: "acme", httpRequestId: "r-1" } },
  ]);
});

test("requests that run at once keep their ids apart", async () => {
  const fn = http
    .get("/")
    .use(requestId({ trustIncoming: true }))
    .handle(async (_request, context) => {
      await new Promise((resolve) => setTimeout(resolve, (Number(context.requestId.slice(2)) * 7) % 5));
      return reply.text(context.requestId);
    });
  const ids = Array.from({ length: 20 }, (_, index) => `r-${index}`);
  const replies = await Promise.all(ids.map((id) => fn(fake.http({ headers: { "x-request-id": id } }))));
  expect(replies.map(({ body }) => body)).toEqual(ids);
});
