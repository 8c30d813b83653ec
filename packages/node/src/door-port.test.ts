import { describe, expect, test, vi } from "vitest";
import { got, guarded, nightly, orders, start, statusOf, token } from "../test/serving.js";
import { bearer, toNodeListener } from "./index.js";

describe("a port of its own", () => {
  test("takes events, and the main port takes none", async () => {
    const { url, events } = await start([guarded, orders], { events: { port: 0 } });
    expect(events?.port).not.toBe(Number(new URL(url).port));
    const apart = String(events?.url);
    expect(await statusOf(url)).toBe(401);
    expect(await statusOf(`${url}/queue/orders`)).toBe(401);
    expect(got).toEqual([]);
    expect(await statusOf(apart)).toBe(204);
    expect(await statusOf(`${apart}/queue/orders`)).toBe(204);
    expect(await statusOf(`${apart}/queue/none`)).toBe(404);
    expect((await fetch(apart, { headers: { "x-user": "u" } })).status).toBe(404);
    expect((await fetch(`${apart}/healthz`)).status).toBe(200);
    expect(got).toEqual(["orders 1", "orders 1"]);
    expect((await start(guarded)).events).toBeUndefined();
  });

  test("can ask for a token too, and closes with the server", async () => {
    const serving = await start(orders, { events: { port: 0, authorize: bearer(token) } });
    const apart = String(serving.events?.url);
    expect(await statusOf(apart)).toBe(401);
    expect(await statusOf(apart, "x", { authorization: `Bearer ${token}` })).toBe(204);
    expect(await statusOf(serving.url)).toBe(404);
    expect(await serving.close()).toBe(true);
    await expect(fetch(apart)).rejects.toThrow();
  });

  test("that is taken leaves no server behind", async () => {
    const other = await start(guarded);
    const listening = () => process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;
    const before = listening();
    await expect(start(orders, { events: { port: other.port } })).rejects.toThrow("EADDRINUSE");
    await vi.waitFor(() => expect(listening()).toBe(before));
  });

  test("is not for a listener of a server elsewhere", () => {
    expect(() => toNodeListener(orders, { events: { port: 0 } })).toThrow("needs a server of its own");
  });
});

describe("a schedule", () => {
  const tick = "dev.knative.sources.ping";
  const carried = "dev.portico.schedule.tick";

  test("is not to be started from outside, whoever sends", async () => {
    const { url } = await start([orders, nightly], { events: { authorize: "anyone" } });
    for (const type of [tick, carried]) await statusOf(url, type, { "ce-source": "schedule:0 3 * * * UTC" });
    expect(got.filter((one) => one.startsWith("nightly"))).toEqual([]);
    const alone = await start(nightly, { events: { authorize: "anyone" } });
    for (const type of [tick, carried]) expect(await statusOf(alone.url, type)).toBe(500);
    expect(got.filter((one) => one.startsWith("nightly"))).toEqual([]);
  });

  test("is started by a ping, where that is asked for", async () => {
    const { url } = await start(nightly, { events: { authorize: bearer(token), schedules: true } });
    expect(await statusOf(url, tick)).toBe(401);
    expect(await statusOf(url, tick, { authorization: `Bearer ${token}` })).toBe(204);
    expect(got).toEqual(["nightly 1"]);
  });

  test("has no clock in a listener, which says so", () => {
    expect(() => toNodeListener([guarded, nightly])).toThrow("has no clock");
    expect(() => toNodeListener(nightly, { events: { authorize: "anyone" } })).toThrow("has no clock");
    toNodeListener(nightly, { events: { authorize: "anyone", schedules: true } });
  });
});
