import { setTimeout as pause } from "node:timers/promises";
import {
  type CloudEventV1,
  change,
  deadLetter,
  event,
  http,
  invoke,
  type NeutralEvent,
  object,
  queue,
  reply,
  retry,
  schedule,
  stream,
  topic,
} from "@portico/core";
import { toHttp, toHttpBatch } from "@portico/core/adapter";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type AnyServedFunction, type ServeOptions, type Serving, serve } from "./index.js";

const running: Serving[] = [];
const got: string[] = [];

beforeEach(() => {
  got.length = 0;
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((serving) => serving.close()));
  vi.restoreAllMocks();
});

async function start(functions: AnyServedFunction | readonly AnyServedFunction[], options: ServeOptions = {}) {
  const serving = await serve(functions, {
    port: 0,
    host: "127.0.0.1",
    signals: [],
    schedules: false,
    events: { authorize: "anyone" },
    ...options,
  });
  running.push(serving);
  return serving.url;
}

const toEvent = (type: string, more: Partial<CloudEventV1> = {}): CloudEventV1 => ({
  specversion: "1.0",
  id: "1",
  source: "/s",
  type,
  datacontenttype: "application/json",
  data: { a: 1 },
  ...more,
});

async function send(
  url: string,
  given: CloudEventV1 | readonly CloudEventV1[],
  mode: "binary" | "structured" = "binary",
) {
  const { headers, body } = Array.isArray(given) ? toHttpBatch(given) : toHttp(given as CloudEventV1, mode);
  return fetch(url, { method: "POST", headers, body });
}

const note = (name: string) => (one: NeutralEvent) => void got.push(`${name} ${one.kind} ${one.id}`);
const orders = queue("orders").handle(note("orders"));
const refunds = queue("refunds").handle(note("refunds"));

test("one queue function takes any event as a message, in every mode", async () => {
  const url = await start(
    queue("q").handle(async (one) => void got.push(`${one.attributes.shop} ${await one.text()}`)),
  );
  const one = toEvent("com.example.order", { shop: "north" });
  for (const mode of ["binary", "structured"] as const) {
    const response = await send(url, one, mode);
    expect([response.status, await response.text()]).toEqual([204, ""]);
  }
  expect((await send(url, [one, one])).status).toBe(204);
  expect(got).toEqual(Array(4).fill('north {"a":1}'));
});

test("of several queues, an event goes to the one that its source names, or whose path it is sent to", async () => {
  const url = await start([orders, refunds]);
  expect((await send(url, toEvent("x", { source: "urn:acme:orders" }))).status).toBe(204);
  expect((await send(`${url}/queue/refunds`, toEvent("x", { id: "2" }))).status).toBe(204);
  expect((await send(url, toEvent("dev.portico.queue.message", { id: "3", source: "/queues/refunds" }))).status).toBe(
    204,
  );
  expect(got).toEqual(["orders queue 1", "refunds queue 2", "refunds queue 3"]);
  expect((await send(url, toEvent("x", { source: "/other" }))).status).toBe(500);
  expect((await send(`${url}/queue/other`, toEvent("x"))).status).toBe(404);
  expect((await send(`${url}/queue/orders`, toEvent("dev.portico.topic.message"))).status).toBe(500);
  expect(got).toHaveLength(3);
});

test("an event goes to every event function whose filter it passes, and is refused where it passes none", async () => {
  const url = await start([
    event({ types: "com.acme.*" }).handle(note("acme")),
    event({ sources: "/s" }).handle(note("s")),
    orders,
  ]);
  expect((await send(url, toEvent("com.acme.a"))).status).toBe(204);
  expect((await send(url, toEvent("com.acme.b", { source: "/t", id: "2" }))).status).toBe(204);
  expect(got.sort()).toEqual(["acme event 1", "acme event 2", "s event 1"]);
  expect((await send(url, toEvent("other", { source: "/t" }))).status).toBe(500);
});

test("objects and changes go by bucket and table, topics and streams by name", async () => {
  const url = await start([
    object("a").handle(note("a")),
    object("b").handle(note("b")),
    change("t").handle(note("t")),
    topic("n").handle(note("n")),
    stream("k").handle(note("k")),
  ]);
  const facts = { bucket: "b", key: "f", action: "created" };
  expect((await send(url, toEvent("dev.portico.object.created", { data: facts }))).status).toBe(204);
  const changed = { table: "t", key: { id: 1 }, action: "insert" };
  expect((await send(url, toEvent("dev.portico.change.insert", { data: changed }))).status).toBe(204);
  expect((await send(`${url}/topic/n`, toEvent("x"))).status).toBe(204);
  expect((await send(url, toEvent("x", { source: "//k" }))).status).toBe(204);
  expect(got).toEqual(["b object 1", "t change 1", "n topic 1", "k stream 1"]);
  expect((await send(url, toEvent("dev.portico.object.created", { data: { ...facts, bucket: "c" } }))).status).toBe(
    500,
  );
});

test("a ping of Knative's is a tick for the only schedule", async () => {
  const url = await start(
    schedule("0 3 * * *").handle(async (tick) => void got.push(JSON.stringify([await tick.json(), tick.late]))),
    { events: { authorize: "anyone", schedules: true } },
  );
  expect((await send(url, toEvent("dev.knative.sources.ping", { time: new Date().toISOString() }))).status).toBe(204);
  expect(got).toEqual(['[{"a":1},false]']);
});

test("what is to be sent again is 500, or 503 with its delay; a sink acknowledges", async () => {
  const failing = (result: () => any) => queue("q").handle(result);
  const status = async (result: () => unknown, options?: ServeOptions) => {
    const response = await send(await start(failing(result), options), toEvent("x"));
    return [response.status, response.headers.get("retry-after"), await response.text()];
  };
  expect(await status(() => retry())).toEqual([500, null, ""]);
  expect(await status(() => retry({ afterSeconds: 2.5 }))).toEqual([503, "3", ""]);
  expect(await status(() => Promise.reject(undefined))).toEqual([500, null, ""]);
  expect(await status(() => new Promise(() => {}), { timeoutMs: 200 })).toEqual([500, null, ""]);
  expect(await status(() => deadLetter("x"))).toEqual([500, null, ""]);
  expect(
    await status(() => deadLetter("x"), { sink: async (one, reason) => void got.push(`${one.id} ${reason}`) }),
  ).toEqual([204, null, ""]);
  expect(await status(() => deadLetter("x"), { sink: () => Promise.reject(new Error("full")) })).toEqual([
    500,
    null,
    "",
  ]);
  expect(await status(() => deadLetter("x"), { timeoutMs: 200, sink: () => new Promise(() => {}) })).toEqual([
    500,
    null,
    "",
  ]);
  expect(got).toEqual(["1 x"]);
});

test("requests beside events go to HTTP functions and to invoke functions by name; without any they are refused", async () => {
  const url = await start([
    http.post("/").handle(async (request) => reply.text(`http ${await request.text()}`)),
    invoke("quote").handle(({ payload }) => ({ got: payload })),
    orders,
  ]);
  expect(await (await fetch(url, { method: "POST", body: "a" })).text()).toBe("http a");
  expect(
    await (
      await fetch(`${url}/quote`, { method: "POST", headers: { "content-type": "application/json" }, body: "1" })
    ).json(),
  ).toEqual({ got: 1 });
  expect((await send(url, toEvent("x"))).status).toBe(204);
  expect((await send(`${url}/queue/orders`, toEvent("x"))).status).toBe(204);
  const bare = await start(orders);
  expect((await fetch(bare)).status).toBe(404);
  expect((await fetch(bare, { method: "POST", body: "{}" })).status).toBe(415);
  expect((await send(`${bare}/any/path`, toEvent("x"))).status).toBe(204);
  expect((await send(`${bare}/queue/other`, toEvent("x"))).status).toBe(404);
  expect((await fetch(bare, { method: "OPTIONS", headers: { "webhook-request-origin": "a" } })).status).toBe(404);
});

test("events come in below another path, or not at all", async () => {
  const url = await start([orders, http.any("/*rest").handle(() => reply.text("http"))], { eventsPath: "/events" });
  expect((await send(`${url}/events`, toEvent("dev.portico.queue.message"))).status).toBe(204);
  expect((await send(`${url}/events/queue/orders`, toEvent("x"))).status).toBe(204);
  expect(got).toEqual(["orders queue 1", "orders queue 1"]);
  expect(await (await send(`${url}/elsewhere`, toEvent("x"))).text()).toBe("http");
  const off = await start([orders, http.any("/*rest").handle(() => reply.text("http"))], { events: false });
  expect(await (await send(off, toEvent("x"))).text()).toBe("http");
  await expect(start(orders, { eventsPath: "events" })).rejects.toThrow("does not begin with a slash");
});

test("the same event, sent again while it runs, waits", async () => {
  let running = 0;
  let most = 0;
  const slow = queue("q").handle(async () => {
    running += 1;
    most = Math.max(most, running);
    await pause(50);
    running -= 1;
  });
  const url = await start(slow);
  await Promise.all([send(url, toEvent("x")), send(url, toEvent("x"))]);
  expect(most).toBe(1);
});

test("of a batch with an event for nobody none is run", async () => {
  const url = await start([orders, refunds]);
  const response = await send(url, [toEvent("x", { source: "orders" }), toEvent("x", { source: "nobody" })]);
  expect([response.status, got]).toEqual([500, []]);
});

test("what is no function is refused when it is served", async () => {
  // @ts-expect-error not a portable function
  await expect(start(() => {})).rejects.toThrow("not portable");
});

test.each([
  ["of its own", {}],
  ["with an ordering key", { partitionkey: "k" }],
])("an event %s whose handler hangs once is held up for one more delivery, and no longer", async (_, more) => {
  let calls = 0;
  const hangsOnce = queue("orders").handle(() => (++calls === 1 ? new Promise<void>(() => {}) : undefined));
  const url = await start(hangsOnce, { timeoutMs: 150 });
  const statuses: number[] = [];
  for (let count = 0; count < 4; count += 1) statuses.push((await send(url, toEvent("order.placed", more))).status);
  expect(statuses).toEqual([500, 500, 204, 204]);
  expect(calls).toBe(3);
});
