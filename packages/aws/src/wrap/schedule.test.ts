import { every, type ScheduleEvent } from "@portico/core";
import { fake } from "@portico/testing";
import type { ScheduledEvent, ScheduledHandler } from "aws-lambda";
import { expect, test } from "vitest";
import { encodeSchedule, schedule } from "./schedule.js";

function tick(payload: unknown = null, over: Partial<ScheduleEvent> = {}): ScheduleEvent {
  const time = new Date("2026-01-02T03:00:00Z");
  const facts = { id: "t1", source: "nightly", time, scheduledTime: time, late: false, native: undefined };
  return { kind: "schedule", ...facts, json: async () => payload, ...over };
}

test("a tick is what a rule sends, or Scheduler, whose detail is a text", async () => {
  const rule = await encodeSchedule(tick(), { name: "nightly", region: "eu-west-1", customInput: false });
  expect(rule as ScheduledEvent).toEqual({
    version: "0",
    id: "t1",
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account: "123456789012",
    time: "2026-01-02T03:00:00.000Z",
    region: "eu-west-1",
    resources: ["arn:aws:events:eu-west-1:123456789012:rule/nightly"],
    detail: {},
  });
  expect(await encodeSchedule(tick(), { source: "scheduler" })).toMatchObject({
    source: "aws.scheduler",
    resources: ["arn:aws:scheduler:us-east-1:123456789012:schedule/default/portico"],
    detail: "{}",
  });
  const source = "arn:aws:scheduler:eu-west-1:1:schedule/default/other";
  expect(await encodeSchedule(tick(null, { source }))).toMatchObject({ resources: [source] });
});

test("with an input of its own the event is that JSON alone", async () => {
  expect(await encodeSchedule(tick({ a: 1 }), { customInput: true })).toEqual({ a: 1 });
  const customInput = ({ scheduledTime }: ScheduleEvent) => ({ at: scheduledTime.toISOString() });
  expect(await encodeSchedule(tick(), { customInput })).toEqual({ at: "2026-01-02T03:00:00.000Z" });
});

test("a payload that the event has no place for is refused, and so is what JSON has not", async () => {
  const refused = { code: "EVENT_UNENCODABLE", details: { field: "payload" } };
  await expect(encodeSchedule(tick({ a: 1 }))).rejects.toMatchObject(refused);
  for (const payload of [1n, new Date(0), { a: Number.NaN }, [undefined], new Map()])
    await expect(encodeSchedule(tick(payload), { customInput: true })).rejects.toMatchObject(refused);
  await expect(encodeSchedule(tick(null, { scheduledTime: new Date(Number.NaN) }))).rejects.toMatchObject({
    details: { field: "time" },
  });
});

test("a handler is started by the clock of any cloud", async () => {
  const seen: string[] = [];
  const handler: ScheduledHandler = async ({ time }) => void seen.push(time);
  const fn = schedule(handler, { when: "0 3 * * *", timeZone: "Europe/Paris" });
  expect(fn.trigger).toEqual({ kind: "schedule", cron: "0 3 * * *", timeZone: "Europe/Paris" });
  expect(await fn(tick(), fake.context())).toEqual({ outcome: "ack" });
  expect(seen).toEqual(["2026-01-02T03:00:00.000Z"]);
  expect(schedule(handler, { when: every("5 minutes") }).trigger).toMatchObject({ everySeconds: 300 });
  expect(() => schedule(handler, { when: "0 3 * * *", source: "cron" as never })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
});

test("a wrapper without its options is refused by the name of the one that it needs", () => {
  // @ts-expect-error a schedule has a time
  for (const wrap of [() => schedule(handler), () => schedule(handler, {}), () => schedule(handler, { when: "" })])
    expect(wrap).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining("`when`") }),
    );
  expect(() => schedule(handler, { when: {} as never })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

const handler = async () => undefined;
