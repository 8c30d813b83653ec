import { HttpRequest, InvocationContext } from "@azure/functions";
import { http as portable, reply } from "@portico/core";
import { expect, test, vi } from "vitest";
import { body, deploy, origin } from "../test/deploy.js";
import { worker } from "../test/worker.js";
import { http } from "./http.js";

test("a function is registered with its route, its methods and Azure's own options", () => {
  const { name } = deploy(
    portable.get("/orders/:id").handle(() => reply.empty()),
    { authLevel: "function" },
  );
  const bindings = Object.values(worker.functions.get(name)?.metadata.bindings ?? {});
  expect(bindings).toContainEqual(
    expect.objectContaining({
      type: "httpTrigger",
      route: "orders/{id}",
      methods: ["GET", "HEAD"],
      authLevel: "function",
    }),
  );
  expect(bindings).toContainEqual(expect.objectContaining({ type: "http", direction: "out" }));
});

test("options may be shared between registrations, although Azure's library writes into those it is given", () => {
  const options = { authLevel: "anonymous" } as const;
  Object.freeze(options);
  deploy(
    portable.get("/a").handle(() => reply.empty()),
    options,
  );
  deploy(
    portable.post("/a").handle(() => reply.empty()),
    options,
  );
});

test.each(["", "1a", "a b", "a.b", "a".repeat(129)])("the function name %j is refused", (name) => {
  const fn = portable.get("/").handle(() => reply.empty());
  expect(() => http(name, fn)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test.each([
  [{ bodyLimit: Number.NaN }, "bodyLimit"],
  [{ timeoutMs: Number.NaN }, "timeoutMs"],
  [{ trustedProxies: -1 }, "trustedProxies"],
  [{ publicUrl: "shop.example.com" }, "publicUrl"],
  [{ publicUrl: "forwarded" }, "publicUrl"],
  [{ trust: ["easyauth" as "easy-auth"] }, "easyauth"],
])("the option %j is refused where the function is registered", (options, named) => {
  const fn = portable.get("/").handle(() => reply.empty());
  expect(() => http("wrong", fn, options)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(named) }),
  );
});

test("with timeoutMs 0 there is no deadline", async () => {
  const fn = portable.get("/x").handle((_request, { deadline }) => reply.json({ none: deadline === undefined }));
  const { invoke: call } = deploy(fn, { timeoutMs: 0 });
  expect(body(await call({ url: `${origin}/api/x` }))).toBe('{"none":true}');
});

test.each([
  [{}, "error", false],
  [{}, undefined, true],
  [{ logLevel: "info" } as const, "error", true],
])("with the option %j and LOG_LEVEL %s, that info is logged is %s", async (options, level, logged) => {
  vi.stubEnv("LOG_LEVEL", level);
  const lines: string[] = [];
  const context = new InvocationContext({
    invocationId: "1",
    functionName: "x",
    logHandler: (_level, ...args) => void lines.push(String(args[0])),
  });
  const fn = portable.get("/x").handle((_request, { log }) => {
    log.info("said");
    return reply.empty();
  });
  await deploy(fn, options).handler(new HttpRequest({ method: "GET", url: `${origin}/api/x` }), context);
  expect(lines.some((line) => line.includes("said"))).toBe(logged);
  vi.unstubAllEnvs();
});

test("a function of another kind is refused", () => {
  const queue = Object.assign(async () => undefined, { trigger: { kind: "queue" } });
  expect(() => http("queue", queue as never)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test("the context knows the deadline and the region", async () => {
  vi.stubEnv("REGION_NAME", "West Europe");
  const fn = portable
    .get("/x")
    .handle((_request, { region, remainingMs }) => reply.json({ region, remaining: remainingMs() }));
  const { invoke: call } = deploy(fn);
  const first = JSON.parse(body(await call({ url: `${origin}/api/x` })));
  expect(first).toMatchObject({ region: "West Europe" });
  expect(first.remaining).toBeGreaterThan(229_000);
  expect(first.remaining).toBeLessThanOrEqual(230_000);
  vi.unstubAllEnvs();
});

test.each([
  ["throws nothing", () => Promise.reject(undefined)],
  ["throws null", () => Promise.reject(null)],
  ["throws an error with a status", () => Promise.reject(Object.assign(new Error("secret"), { status: 418 }))],
  ["returns nothing", () => undefined],
  ["returns text", () => "text"],
  ["returns an impossible status", () => ({ status: 42, headers: {}, body: null })],
])("a handler that %s is a 500, with a reason in the log", async (_what, handler) => {
  worker.logs.length = 0;
  const fn = portable.get("/x").handle(handler as never);
  const answer = await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(answer.statusCode).toBe("500");
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(body(answer)).not.toContain("secret");
  expect(worker.logs.filter(({ category }) => category === "user").map(({ level }) => level)).toEqual(["error"]);
});

test("a handler that never settles is given up before the deadline", async () => {
  const fn = portable.get("/x").handle(() => new Promise<never>(() => undefined));
  const answer = await deploy(fn, { timeoutMs: 200 }).invoke({ url: `${origin}/api/x` });
  expect(answer.statusCode).toBe("504");
});

test("a shutdown aborts invocations under way and waits for them, and for no others", async () => {
  const fn = portable
    .get("/x")
    .handle(
      (_request, { signal }) =>
        new Promise((resolve) => signal.addEventListener("abort", () => resolve(reply.text(signal.reason.code)))),
    );
  const { invoke: call } = deploy(fn);
  const [terminate] = worker.hooks.get("appTerminate") ?? [];
  const answer = call({ url: `${origin}/api/x` });
  await new Promise((resolve) => setTimeout(resolve, 10));
  await terminate?.({});
  expect(body(await answer)).toBe("CANCELLED");
  const start = Date.now();
  await terminate?.({});
  expect(Date.now() - start).toBeLessThan(50);
});

test("what is logged after the reply does not go through Azure's context", async () => {
  const info = vi.spyOn(console, "info").mockImplementation(() => undefined);
  const fn = portable.get("/x").handle((_request, { log }) => {
    setTimeout(() => log.info("late"), 5);
    return reply.empty();
  });
  worker.logs.length = 0;
  await deploy(fn).invoke({ url: `${origin}/api/x` });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(worker.logs).toEqual([]);
  expect(String(info.mock.calls[0]?.[0])).toContain('"late"');
  info.mockRestore();
});

test("several invocations run at once, each with its own context", async () => {
  const fn = portable.get("/:n").handle(async (request, { waitUntil }) => {
    waitUntil(Promise.resolve());
    await new Promise((resolve) => setTimeout(resolve, 10));
    return reply.text(request.params.n);
  });
  const { invoke: call } = deploy(fn);
  const answers = await Promise.all(["1", "2", "3"].map((n) => call({ url: `${origin}/api/${n}` })));
  expect(answers.map(body)).toEqual(["1", "2", "3"]);
});

test.each([undefined, null, "text", 7, [], { id: 1 }, Buffer.from("x"), { isPastDue: false }])(
  "an event of another trigger (%j) is refused by name, which the host takes for a failure",
  async (event) => {
    const { handler } = deploy(portable.post("/x").handle(() => reply.empty()));
    const context = new InvocationContext({ invocationId: "1", functionName: "x" });
    await expect(handler(event as never, context)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  },
);

test("the handler can be called in a test, with Azure's own constructors", async () => {
  const { handler } = deploy(portable.get("/orders/:id").handle((request) => reply.json(request.params)));
  const request = new HttpRequest({ method: "GET", url: `${origin}/api/orders/7` });
  const answer = await handler(request, new InvocationContext({ invocationId: "1", functionName: "x" }));
  expect(answer).toEqual({ status: 200, headers: { "content-type": "application/json" }, body: '{"id":"7"}' });
});
