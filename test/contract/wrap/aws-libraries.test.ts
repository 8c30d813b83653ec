import "./libraries/environment.js";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as lambda from "@portico/aws/wrap";
import * as azure from "@portico/azure";
import type { AnyHttpFunction } from "@portico/core";
import * as gcp from "@portico/gcp";
import { toNodeListener } from "@portico/node";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fire, invoke } from "../../../packages/azure/test/worker.js";
import { closeAll, deploy, post, silence, toPush } from "../../../packages/gcp/test/deploy.js";
import { handler as middyHandler } from "./libraries/middy.js";
import {
  api,
  handled,
  onChange,
  onClick,
  onFifoOrder,
  onOrder,
  onOrderOrThrow,
  streamedApi,
} from "./libraries/powertools.js";

// Azure's and Google's own libraries take the events in; what stands in front of them is played.

const closing: (() => void)[] = [];
afterAll(() => {
  closeAll();
  for (const close of closing) close();
});
beforeEach(() => {
  handled.length = 0;
  silence();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** One function behind each cloud's HTTP, as a client sees it. */
type Send = (
  method: string,
  target: string,
  json?: unknown,
) => Promise<{ status: number; headers: Headers; text: string }>;

let count = 0;
async function onGoogle(fn: AnyHttpFunction): Promise<Send> {
  return overHttp(await deploy((name) => gcp.http(name, fn)));
}

async function onContainer(fn: AnyHttpFunction): Promise<Send> {
  const server = createServer(toNodeListener(fn));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return overHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

function overHttp(origin: string): Send {
  return async (method, target, json) => {
    const body =
      json === undefined ? {} : { body: JSON.stringify(json), headers: { "content-type": "application/json" } };
    const response = await fetch(new URL(target, origin), { method, ...body });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}

async function onAzure(fn: AnyHttpFunction): Promise<Send> {
  count += 1;
  const name = `library${count}`;
  azure.http(name, fn);
  return async (method, target, json) => {
    const reply = await invoke(name, {
      method,
      url: `https://contoso.azurewebsites.net/api${target}`,
      headers: json === undefined ? {} : { "content-type": "application/json" },
      ...(json !== undefined && { body: { bytes: Buffer.from(JSON.stringify(json)) } }),
    });
    return {
      status: Number(reply.statusCode),
      headers: new Headers(reply.headers),
      text: Buffer.from(reply.body.bytes).toString(),
    };
  };
}

describe.each([
  ["Azure Functions", onAzure],
  ["Google Cloud Functions", onGoogle],
  ["a container", onContainer],
])("on %s", (_cloud, on) => {
  test("the router of Powertools routes, reads and answers as at home", async () => {
    const send = await on(lambda.http(api, { path: "/*rest", payload: "2.0" }));
    const found = await send("GET", "/orders/7?tenant=acme");
    expect([found.status, JSON.parse(found.text)]).toEqual([200, { id: "7", tenant: "acme" }]);
    const made = await send("POST", "/orders", { sku: "ü" });
    expect([made.status, made.headers.get("x-made"), JSON.parse(made.text)]).toEqual([201, "1", { sku: "ü" }]);
    expect((await send("GET", "/missing")).status).toBe(404);
    expect((await send("GET", "/nowhere")).status).toBe(404);
    const bug = await send("GET", "/bug");
    expect(bug.status).toBe(500);
  });

  test("the middlewares of middy parse, serialize, mark and answer errors as at home", async () => {
    const send = await on(lambda.http(middyHandler, { path: "/*rest", payload: "rest" }));
    const made = await send("POST", "/orders", { sku: "a" });
    expect([made.status, JSON.parse(made.text)]).toMatchObject([201, { sku: "a" }]);
    expect(made.headers.get("access-control-allow-origin")).toBe("https://shop.example");
    expect(made.headers.get("content-type")).toContain("application/json");
    const refused = await send("POST", "/orders", {});
    expect([refused.status, refused.text]).toEqual([422, "There is no sku."]);
    const bug = await send("POST", "/orders", { sku: "bug" });
    expect([bug.status, bug.text]).toEqual([500, "Sorry."]);
  });
});

test("the router of Powertools streams on Google, by the global that it finds on Lambda", async () => {
  const send = await onGoogle(lambda.http(streamedApi(), { path: "/*rest", payload: "url" }));
  const found = await send("GET", "/orders/7?tenant=acme");
  expect([found.status, JSON.parse(found.text)]).toEqual([200, { id: "7", tenant: "acme" }]);
  const made = await send("POST", "/orders", { sku: "a" });
  expect([made.status, made.headers.get("x-made")]).toEqual([201, "1"]);
});

const good = JSON.stringify({ n: 1 });
const bad = JSON.stringify({ n: 2, fail: true });

describe("the batch processor of Powertools", () => {
  test("on Pub/Sub: a record that it reports is delivered again, the others are done", async () => {
    const fn = lambda.queue(onOrder, { queue: "orders", batchItemFailures: true });
    const origin = await deploy((name) => gcp.queue(name, fn, { redelivery: true }));
    expect((await post(origin, toPush(good), { "content-type": "application/json" })).status).toBe(204);
    expect((await post(origin, toPush(bad), { "content-type": "application/json" })).status).toBe(500);
    expect(handled).toEqual([good, bad]);
  });

  test("on Pub/Sub: its throw for a batch that failed as a whole is a redelivery too", async () => {
    const fn = lambda.queue(onOrderOrThrow, { queue: "orders", batchItemFailures: true });
    const origin = await deploy((name) => gcp.queue(name, fn, { redelivery: true }));
    expect((await post(origin, toPush(bad), { "content-type": "application/json" })).status).toBe(500);
  });

  test("on Service Bus: the whole delivery is one SQS event", async () => {
    const fn = lambda.queue.batch(onOrder, { queue: "orders", batchItemFailures: true });
    azure.queue("batched", fn, { serviceBus: { connection: "Bus", cardinality: "many" } });
    const firing = (...bodies: string[]) => ({
      input: { collectionBytes: { bytes: bodies.map((body) => Buffer.from(body)) } },
      metadata: {
        MessageIdArray: { collectionString: { string: bodies.map((_, place) => `m${place}`) } },
        DeliveryCountArray: { json: JSON.stringify(bodies.map(() => 1)) },
      },
    });
    await fire("batched", firing(good, good));
    await expect(fire("batched", firing(good, bad, good))).rejects.toThrow("1 of 3 events failed or did not begin");
    expect(handled).toEqual([good, good, good, bad, good]);
  });

  test("for FIFO queues skips the rest of a group that failed", async () => {
    const fn = lambda.queue.batch(onFifoOrder, { queue: "orders.fifo", batchItemFailures: true });
    const outcomes = await together(fn, "queue", [
      { id: "1", groupId: "a", text: bad },
      { id: "2", groupId: "a", text: good },
      { id: "3", groupId: "b", text: good },
    ]);
    expect(outcomes).toEqual(["retry", "retry", "ack"]);
    expect(handled).toEqual([bad, good]);
  });

  test("for Kinesis: what it reports, and everything behind it in its shard, is delivered again", async () => {
    const fn = lambda.stream.batch(onClick, { stream: "clicks", batchItemFailures: true });
    const record = (sequence: string, partition: string, text: string) => ({ id: sequence, sequence, partition, text });
    const outcomes = await together(fn, "stream", [
      record("1", "0", good),
      record("2", "0", bad),
      record("3", "0", good),
      record("4", "1", good),
    ]);
    expect(outcomes).toEqual(["ack", "retry", "retry", "ack"]);
  });

  test("for DynamoDB streams: what it reports and everything behind it is delivered again", async () => {
    const fn = lambda.change.batch(onChange, { table: "Orders", batchItemFailures: true });
    const change = (id: string, text: string) => ({
      id,
      table: "Orders",
      action: "insert",
      key: { id },
      after: { id, text },
    });
    expect(await together(fn, "change", [change("1", good), change("2", bad), change("3", good)])).toEqual([
      "ack",
      "retry",
      "retry",
    ]);
  });
});

interface Batched {
  readonly "~batch"?: (items: never) => Promise<{ readonly outcome: string }>[];
}

/** The outcomes of events that an adapter hands over in one delivery. */
async function together(fn: Batched, kind: string, events: readonly Record<string, unknown>[]): Promise<string[]> {
  const { toContext } = await import("@portico/core/adapter");
  const plain = { source: "elsewhere", time: new Date("2026-01-02T03:04:05Z"), attributes: {}, headers: [] };
  const items = events.map((facts) => ({
    event: { kind, ...plain, ...facts, bytes: async () => Buffer.from(String(facts.text)) },
    context: toContext(undefined),
  }));
  return (await Promise.all(fn["~batch"]?.(items as never) ?? [])).map(({ outcome }) => outcome);
}
