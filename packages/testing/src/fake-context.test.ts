import { http, reply } from "@portico/core";
import { expect, test } from "vitest";
import { fake } from "./fake.js";

test("a fake context records what is logged, with the fields of child loggers", async () => {
  const context = fake.context();
  context.log.child({ tenant: "acme" }).debug("looked up", { ms: 3 });
  context.log.info("plain");
  expect(context.logs).toEqual([
    { level: "debug", message: "looked up", fields: { tenant: "acme", ms: 3 } },
    { level: "info", message: "plain", fields: {} },
  ]);
});

test("a handler's failure is recorded in the log of the context it was called with", async () => {
  const context = fake.context();
  const fails = http.get("/").handle(() => {
    throw new Error("secret");
  });
  expect((await fails(fake.http(), context)).status).toBe(500);
  expect(context.logs).toMatchObject([{ level: "error", fields: { error: { message: "secret" } } }]);
});

test("a fake context is the same in every run, and takes what is given", async () => {
  const context = fake.context({ functionName: "orders", deadline: new Date(Date.now() + 5000), user: "ada" });
  expect(context).toMatchObject({ id: "fake-invocation", functionName: "orders", platform: "fake", user: "ada" });
  expect(context.trace.traceId).toBe(fake.context().trace.traceId);
  expect(context.remainingMs()).toBeGreaterThan(4000);
  expect(fake.context().remainingMs()).toBe(Number.POSITIVE_INFINITY);
  const given = fake.context({ signal: AbortSignal.abort(), user: undefined });
  expect(given.signal.aborted).toBe(true);
});

test("abort reaches the handler's signal, also one asked for later", async () => {
  const context = fake.context();
  const waits = http.get("/").handle(async (_request, { signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return reply.text(String((signal.reason as Error).message));
  });
  const answer = waits(fake.http(), context);
  context.abort(new Error("left"));
  expect((await answer).body).toBe("left");
  const later = fake.context();
  later.abort();
  expect(later.signal.reason).toMatchObject({ code: "CANCELLED" });
});

test("settled waits for the work passed to waitUntil, and its failure is in the log", async () => {
  const context = fake.context();
  const done: string[] = [];
  context.waitUntil(new Promise((resolve) => setTimeout(resolve, 5)).then(() => done.push("work")));
  context.waitUntil(Promise.reject(new Error("late")));
  await context.settled();
  expect(done).toEqual(["work"]);
  expect(context.logs).toMatchObject([{ level: "error", fields: { error: { message: "late" } } }]);
  await context.settled();
});
