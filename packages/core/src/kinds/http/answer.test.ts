import { expect, test, vi } from "vitest";
import { leapingClock } from "../../../test/leaping-clock.js";
import { type TestRequest, testSource } from "../../../test/source.js";
import { InvocationContext } from "../../context.js";
import type { Middleware } from "../../middleware.js";
import { Watchdog } from "../../watchdog.js";
import { createHttpEntry, whenGiven } from "./answer.js";
import { type AnyHttpFunction, http } from "./function.js";
import type { HttpReply } from "./http-reply.js";
import * as reply from "./reply.js";
import { withHeaders } from "./reply-headers.js";
import type { HttpRequest } from "./request.js";

leapingClock();

function run(fn: AnyHttpFunction, request: TestRequest, timeoutMs?: number) {
  const entry = createHttpEntry(fn, new Watchdog(), { bodyLimit: 100 });
  const context = new InvocationContext({
    id: "1",
    functionName: "f",
    platform: "test",
    deadlineMs: timeoutMs && Date.now() + timeoutMs,
  });
  const log = vi.spyOn(context.log, "error").mockImplementation(() => undefined);
  vi.spyOn(context.log, "info").mockImplementation(() => undefined);
  return { response: whenGiven(entry.answer(entry.toRequest(testSource(request)), context)), context, log };
}

const get = http.get("/orders/:id").handle((request) => reply.json(request.params));
const withoutHurry: Middleware<HttpRequest, object, object, HttpReply> = (_request, _context, next) => next();
const never = () => new Promise<HttpReply>(() => undefined);

test("a request that fits is answered, with its parameters", async () => {
  const { response } = run(get, { path: "/orders/a%2Fb" });
  expect(await response).toMatchObject({ status: 200, body: '{"id":"a/b"}' });
});

test("another path is 404, another method 405 with Allow, OPTIONS 204 with Allow", async () => {
  expect(await run(get, { path: "/other" }).response).toMatchObject({ status: 404 });
  expect(await run(get, { path: "/orders/1", method: "POST" }).response).toMatchObject({
    status: 405,
    headers: { allow: "GET, HEAD, OPTIONS" },
  });
  expect(await run(get, { path: "/orders/1", method: "OPTIONS" }).response).toMatchObject({
    status: 204,
    headers: { allow: "GET, HEAD, OPTIONS" },
  });
});

test("a path that is not valid percent-encoding is 400", async () => {
  expect(await run(get, { path: "/orders/%ff" }).response).toMatchObject({ status: 400 });
});

test("HEAD is answered from GET, without the body", async () => {
  expect(await run(get, { path: "/orders/1", method: "HEAD" }).response).toMatchObject({
    status: 200,
    headers: { "content-type": "application/json" },
    body: null,
  });
});

test("a function of any method takes unusual ones", async () => {
  const any = http.any("/*path").handle((request) => reply.text(request.method));
  expect(await run(any, { method: "PROPFIND", path: "/x" }).response).toMatchObject({ body: "PROPFIND" });
});

test("a body over the adapter's limit is 413", async () => {
  const post = http.post("/").handle(async (request) => reply.text(await request.text()));
  expect(await run(post, { method: "POST", body: "x".repeat(101) }).response).toMatchObject({ status: 413 });
});

test("a handler that never settles is given up before the deadline, and its layers mark the 504", async () => {
  const marked = http
    .use(async (_request, _context, next) => {
      try {
        return await next();
      } catch (error) {
        return withHeaders(reply.problem(error), { "x-mark": "1" });
      }
    })
    .get("/")
    .handle(never);
  const start = Date.now();
  const { response, context, log } = run(marked, {}, 1200);
  const { signal } = context;
  expect(await response).toMatchObject({ status: 504, headers: { "x-mark": "1" } });
  expect(Date.now() - start).toBeLessThan(1200);
  expect(signal.aborted).toBe(true);
  expect(signal.reason).toMatchObject({ code: "TIMEOUT" });
  expect(log).toHaveBeenCalledOnce();
});

test("a handler that heeds the signal answers for itself", async () => {
  const polite = http
    .get("/")
    .handle(
      (_request, { signal }) =>
        new Promise<HttpReply>((resolve) =>
          signal.addEventListener("abort", () => resolve(reply.text("stopped", { status: 503 }))),
        ),
    );
  expect(await run(polite, {}, 400).response).toMatchObject({ status: 503, body: "stopped" });
});

test("layers that never settle are given up as well", async () => {
  const stuck = http
    .use(never)
    .get("/")
    .handle(() => reply.empty());
  const start = Date.now();
  const { response, log } = run(stuck, {}, 1200);
  expect(await response).toMatchObject({ status: 504 });
  expect(Date.now() - start).toBeLessThan(1200);
  expect(log).toHaveBeenCalledOnce();
});

test("a handler that fails after it was given up does no harm", async () => {
  const late = http.get("/").handle(async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    throw new Error("late");
  });
  expect((await run(late, {}, 100).response).status).toBe(504);
  await new Promise((resolve) => setTimeout(resolve, 200));
});

test("work passed to waitUntil is waited for, and not beyond the deadline", async () => {
  let done = false;
  const fn = http.get("/").handle((_request, { waitUntil }) => {
    const work = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      done = true;
    };
    waitUntil(work());
    return reply.text("sent");
  });
  expect(await run(fn, {}).response).toMatchObject({ body: "sent" });
  expect(done).toBe(true);
  const endless = http.get("/").handle((_request, { waitUntil }) => {
    waitUntil(never());
    return reply.text("sent");
  });
  const { response, log } = run(endless, {}, 200);
  expect(await response).toMatchObject({ status: 200, body: "sent" });
  expect(log).toHaveBeenCalledWith(
    "work passed to waitUntil did not finish in time",
    expect.objectContaining({ method: "GET", route: "/", path: "/", status: 200, durationMs: expect.any(Number) }),
  );
});

test("a function made elsewhere that rejects is answered with 500", async () => {
  const broken = Object.assign(async () => Promise.reject(new Error("secret")), {
    trigger: get.trigger,
    uses: [],
  }) as AnyHttpFunction;
  const { response, log } = run(broken, { path: "/orders/1" });
  expect(await response).toMatchObject({ status: 500 });
  expect(log).toHaveBeenCalledOnce();
});

test("what is no HTTP function is refused when it is registered", () => {
  for (const wrong of [() => undefined, Object.assign(() => undefined, { trigger: { kind: "queue" } })]) {
    expect(() => createHttpEntry(wrong as unknown as AnyHttpFunction, new Watchdog())).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  }
});

test("the body of a reply that comes too late is let go", async () => {
  const cancel = vi.fn();
  for (const layers of [[], [withoutHurry]]) {
    const fn = layers
      .reduce((start, layer) => start.use(layer), http)
      .get("/")
      .handle(async () => {
        await new Promise((resolve) => setTimeout(resolve, 150));
        return reply.stream(new ReadableStream({ cancel }));
      });
    expect(await run(fn, { path: "/" }, 100).response).toMatchObject({ status: 504 });
  }
  await vi.waitFor(() => expect(cancel).toHaveBeenCalledTimes(2));
});
