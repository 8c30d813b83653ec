import { schedule as declare, type ScheduleEvent } from "@portico/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closeAll, deploy, json, post, silence, toFields, toPush } from "../test/deploy.js";
import * as gcp from "./index.js";
import type { ScheduleOptions } from "./schedule.js";

beforeEach(silence);
afterEach(() => {
  closeAll();
  vi.restoreAllMocks();
});

async function receive(init: RequestInit, options?: ScheduleOptions) {
  const got: ScheduleEvent[] = [];
  const fn = declare("0 3 * * *").handle((one) => void got.push(one));
  const { status } = await fetch(await deploy((name) => gcp.schedule(name, fn, options)), init);
  return { status, tick: got[0] as ScheduleEvent };
}

const fields = { "x-cloudscheduler": "true", "x-cloudscheduler-jobname": "nightly" };
const due = "2024-05-06T07:08:00Z";

test.each(["GET", "POST", "PUT", "DELETE"])(
  "a job calls with %s: its tick is known by job and time, and is late",
  async (method) => {
    const { status, tick } = await receive({ method, headers: { ...fields, "x-cloudscheduler-scheduletime": due } });
    expect(status).toBe(204);
    expect(tick).toMatchObject({ id: `nightly/${due}`, source: "//cloudscheduler.googleapis.com/nightly", late: true });
    expect([tick.scheduledTime, await tick.json()]).toEqual([new Date(due), null]);
  },
);

test("a run by hand has no time, which is then that of arrival, and an id of its own", async () => {
  const one = await receive({ headers: fields });
  const two = await receive({ headers: { ...fields, "x-cloudscheduler-scheduletime": "yesterday" } });
  expect(Math.abs(one.tick.scheduledTime.getTime() - Date.now())).toBeLessThan(5_000);
  expect([one.tick.late, two.tick.late, one.tick.id === two.tick.id]).toEqual([false, false, false]);
});

test("the body is the payload, whatever its type is said to be", async () => {
  const headers = { ...fields, "content-type": "application/octet-stream" };
  expect(await (await receive({ method: "POST", headers, body: '{"full":true}' })).tick.json()).toEqual({ full: true });
  await expect((await receive({ method: "POST", headers, body: "{" })).tick.json()).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
});

test("through Pub/Sub every message is a tick, and only when the binding says so", async () => {
  const push = { method: "POST", headers: json, body: toPush('{"a":1}') };
  const { status, tick } = await receive(push, { unwrap: "pubsub" });
  expect([status, tick.id, tick.scheduledTime]).toEqual([204, "7", new Date("2026-01-02T03:04:05.678Z")]);
  expect(await tick.json()).toEqual({ a: 1 });
  expect((await receive(push)).status).toBe(500);
  expect((await receive({ headers: fields }, { unwrap: "pubsub" })).status).toBe(500);
});

test("the event of a job that has run is a tick with its custom data", async () => {
  const headers = toFields("google.cloud.scheduler.job.v1.executed", { "ce-time": due });
  const { tick } = await receive({ method: "POST", headers, body: '{"customData":"eyJhIjoxfQ=="}' });
  expect([tick.scheduledTime, await tick.json()]).toEqual([new Date(due), { a: 1 }]);
  expect(await (await receive({ method: "POST", headers, body: "{}" })).tick.json()).toBeNull();
});

test("a tick that fails is answered with 500", async () => {
  const fn = declare("0 3 * * *").handle(() => Promise.reject(undefined));
  expect((await post(await deploy((name) => gcp.schedule(name, fn)), "", fields)).status).toBe(500);
});
