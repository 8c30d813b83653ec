import { http as portable, reply } from "@portico/core";
import { expect, test } from "vitest";
import { body, deploy, origin } from "../../test/deploy.js";
import { worker } from "../../test/worker.js";

test("header lists are joined, and text without a type gets none", async () => {
  const fn = portable.get("/x").handle(() => ({ status: 200, headers: { vary: ["a", "b"] }, body: "untyped é" }));
  const answer = await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(answer.headers).toEqual({ vary: "a, b" });
  expect(body(answer)).toBe("untyped é");
});

test("several cookies all leave", async () => {
  const fn = portable.get("/x").handle(() =>
    reply.text("", {
      cookies: {
        a: "x y;=é",
        b: { value: "2", partitioned: true, path: "/", secure: true },
        c: { value: "", expires: new Date(0) },
      },
    }),
  );
  const answer = await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(answer.headers["set-cookie"]).toBe("b=2; Path=/; Secure; Partitioned");
  expect(answer.cookies).toMatchObject([
    { name: "a", value: "x y;=é", path: { value: "" } },
    { name: "c", value: "", maxAge: { value: 0 } },
  ]);
});

test("cookie attributes that are lost are told in the log", async () => {
  const cookie = { value: "1", partitioned: true, secure: true };
  const fn = portable.get("/x").handle(() => reply.empty({ cookies: { a: cookie, b: cookie } }));
  worker.logs.length = 0;
  await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(JSON.parse(worker.logs.find(({ level }) => level === "warning")?.message ?? "")).toMatchObject({
    attributes: ["Partitioned"],
  });
});

test("a cookie that cannot leave beside others is a 500 with a reason in the log", async () => {
  const fn = portable.get("/x").handle(() => reply.empty({ headers: { "set-cookie": ["a=1", "=2"] } }));
  worker.logs.length = 0;
  const answer = await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(answer.statusCode).toBe("500");
  expect(worker.logs.at(-1)?.message).toContain("EVENT_UNENCODABLE");
});

test.each([204, 205, 304])("status %s has no body", async (status) => {
  const fn = portable.get("/x").handle(() => ({ status, headers: { "x-a": "1" }, body: "text" }));
  const answer = await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(answer).toMatchObject({ statusCode: String(status), headers: { "x-a": "1" } });
  expect(body(answer)).toBe("");
});

async function* chunks(...parts: string[]) {
  for (const part of parts) {
    if (part === "!") throw new Error("the source broke");
    yield part;
  }
}

test("a stream is collected, within a limit", async () => {
  const fn = portable.get("/x").handle(() => reply.stream(chunks("a", "b")));
  expect(body(await deploy(fn).invoke({ url: `${origin}/api/x` }))).toBe("ab");
  const answer = await deploy(
    portable.get("/x").handle(() => reply.stream(chunks("a", "b"))),
    { collectLimit: 1 },
  ).invoke({ url: `${origin}/api/x` });
  expect(answer.statusCode).toBe("500");
});

test("a stream that fails or never ends is an error, since nothing was sent", async () => {
  const fails = portable.get("/x").handle(() => reply.stream(chunks("a", "!")));
  expect((await deploy(fails).invoke({ url: `${origin}/api/x` })).statusCode).toBe("500");
  const endless = async function* () {
    yield "a";
    await new Promise(() => undefined);
  };
  const never = portable.get("/x").handle(() => reply.stream(endless()));
  const answer = await deploy(never, { timeoutMs: 100 }).invoke({ url: `${origin}/api/x` });
  expect(answer.statusCode).toBe("504");
});

test("a web-standard Response is accepted", async () => {
  const fn = portable.get("/x").handle(() => new Response("native", { status: 202, headers: { "x-native": "1" } }));
  const answer = await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(answer).toMatchObject({ statusCode: "202", headers: { "x-native": "1" } });
  expect(body(answer)).toBe("native");
});

test("a streamed reply that is collected takes its time where there is no deadline, and more than timers can count", async () => {
  async function* chunks() {
    await new Promise((resolve) => setTimeout(resolve, 30));
    yield "late";
  }
  for (const timeoutMs of [0, 2 ** 32]) {
    const fn = portable.get("/x").handle(() => reply.stream(chunks(), { headers: { "content-length": "10" } }));
    const answer = await deploy(fn, { timeoutMs }).invoke({ url: `${origin}/api/x` });
    expect(body(answer)).toBe("late");
    expect(answer.headers).not.toHaveProperty("content-length");
  }
});

test("the source of a reply that was not collected in time is let go", async () => {
  let cancelled = false;
  const source = new ReadableStream({
    cancel() {
      cancelled = true;
    },
  });
  const answer = await deploy(
    portable.get("/x").handle(() => reply.stream(source)),
    { timeoutMs: 50 },
  ).invoke({ url: `${origin}/api/x` });
  expect(answer.statusCode).toBe("504");
  expect(cancelled).toBe(true);
});

test("work that a collected stream passes to waitUntil is done before the invocation ends, or given up at the deadline", async () => {
  for (const [workMs, timeoutMs] of [
    [20, 2000],
    [1500, 60],
  ] as const) {
    let done = false;
    const fn = portable.get("/x").handle((_request, { waitUntil }) => {
      async function* chunks() {
        waitUntil(
          new Promise<void>((resolve) =>
            setTimeout(() => {
              done = true;
              resolve();
            }, workMs),
          ),
        );
        yield "a";
      }
      return reply.stream(chunks());
    });
    expect(body(await deploy(fn, { timeoutMs }).invoke({ url: `${origin}/api/x` }))).toBe("a");
    expect(done).toBe(workMs < timeoutMs);
  }
});
