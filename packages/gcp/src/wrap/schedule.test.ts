import type { HttpFunction } from "@google-cloud/functions-framework";
import { every, type ScheduleEvent } from "@portico/core";
import { expect, test, vi } from "vitest";
import { encodeSchedule, schedule } from "./schedule.js";

function tick(payload: unknown = null, facts: Partial<ScheduleEvent> = {}): ScheduleEvent {
  const scheduledTime = new Date("2026-01-02T03:00:00Z");
  const origin = { id: "1", source: "arn:aws:events:eu-west-1:1:rule/nightly", time: scheduledTime, native: undefined };
  return { kind: "schedule", ...origin, scheduledTime, late: false, json: async () => payload, ...facts };
}

test("a tick is Cloud Scheduler's call", async () => {
  const { method, path, headers, body } = await encodeSchedule(tick({ full: true }), {
    job: "nightly",
    path: "/jobs?x=1",
  });
  expect({ method, path, headers, body: Buffer.from(body).toString() }).toEqual({
    method: "POST",
    path: "/jobs?x=1",
    headers: {
      "user-agent": "Google-Cloud-Scheduler",
      "x-cloudscheduler": "true",
      "x-cloudscheduler-jobname": "nightly",
      "x-cloudscheduler-scheduletime": "2026-01-02T03:00:00Z",
      "content-type": "application/octet-stream",
    },
    body: '{"full":true}',
  });
});

test("without a payload there is no body and no type, and a job of Google's keeps its name", async () => {
  const { headers, body } = await encodeSchedule(tick(null, { source: "//cloudscheduler.googleapis.com/weekly" }));
  expect(headers).toMatchObject({ "x-cloudscheduler-jobname": "weekly" });
  expect(headers).not.toHaveProperty("content-type");
  expect(body).toHaveLength(0);
});

test("a function answers with a status, as to Cloud Scheduler", async () => {
  const seen: unknown[] = [];
  const handler: HttpFunction = (request, response) => {
    seen.push(request.get("x-cloudscheduler-jobname"), request.body);
    response.sendStatus(request.body.fails ? 500 : 200);
  };
  const fn = schedule(handler, {
    when: "0 3 * * *",
    timeZone: "Europe/Paris",
    job: "j",
    contentType: "application/json",
  });
  expect(fn.trigger).toEqual({ kind: "schedule", cron: "0 3 * * *", timeZone: "Europe/Paris" });
  expect(await fn(tick({ a: 1 }))).toEqual({ outcome: "ack" });
  expect(await fn(tick({ fails: true }))).toMatchObject({ outcome: "retry" });
  expect(seen.slice(0, 2)).toEqual(["j", { a: 1 }]);
});

test("through a topic the payload is the message", async () => {
  const handler = vi.fn(async (_data: { data: string }, _context: object) => undefined);
  const fn = schedule(handler, { when: every("5 minutes"), unwrap: "pubsub", signature: "event" });
  expect(await fn(tick("run"))).toEqual({ outcome: "ack" });
  expect(Buffer.from(handler.mock.calls[0]?.[0].data ?? "", "base64").toString()).toBe('"run"');
});

test("a payload that is no JSON, or none that the framework takes, is refused", async () => {
  await expect(encodeSchedule(tick(1n))).rejects.toMatchObject({ details: { field: "payload" } });
  await expect(encodeSchedule(tick(1), { contentType: "application/json" })).rejects.toMatchObject({
    code: "EVENT_UNENCODABLE",
  });
});

test("a job with an HTTP target calls HTTP functions alone", () => {
  expect(() => schedule(() => undefined, { when: "0 3 * * *", signature: "cloudevent" })).toThrow(/signature/);
  expect(() => schedule(() => undefined, { when: "soon" })).toThrow(/cron/);
});
