import { type HandlerResult, schedule as portable, retry, type ScheduleEvent } from "@portico/core";
import { beforeEach, expect, test, vi } from "vitest";
import { lambdaContext } from "../test/events.js";
import { busEvent, failures, sqsEvent, sqsRecord } from "../test/messages.js";
import { type ScheduleOptions, schedule } from "./schedule.js";

beforeEach(() => {
  const spy = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  return () => spy.mockRestore();
});

const run = (handler: (tick: ScheduleEvent) => HandlerResult, event: unknown, options: ScheduleOptions = {}) =>
  schedule(portable("0 3 * * *").handle(handler), options)(event, lambdaContext());
async function see(event: unknown, options?: ScheduleOptions): Promise<ScheduleEvent> {
  let seen: ScheduleEvent | undefined;
  await run(
    (tick) => {
      seen = tick;
    },
    event,
    options,
  );
  return seen as ScheduleEvent;
}
const rule = (over = {}) =>
  busEvent(
    "Scheduled Event",
    {},
    { source: "aws.events", resources: ["arn:aws:events:eu-west-1:1:rule/nightly"], ...over },
  );
const scheduler = (over = {}) =>
  busEvent("Scheduled Event", "{}", {
    source: "aws.scheduler",
    resources: ["arn:aws:scheduler:eu-west-1:1:schedule/default/nightly"],
    ...over,
  });

test("a rule's tick has its time, its rule and no input", async () => {
  const event = rule();
  const tick = await see(event);
  expect(tick).toMatchObject({
    kind: "schedule",
    id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    source: "arn:aws:events:eu-west-1:1:rule/nightly",
    native: event,
  });
  expect(tick.scheduledTime.toISOString()).toBe("2026-01-02T03:04:05.000Z");
  expect(tick.time).toEqual(tick.scheduledTime);
  expect(await tick.json()).toBeNull();
});

test("Scheduler's detail is the text {}, which is no input either", async () => {
  const tick = await see(scheduler());
  expect(tick.source).toBe("arn:aws:scheduler:eu-west-1:1:schedule/default/nightly");
  expect(await tick.json()).toBeNull();
  expect(await (await see(scheduler({ detail: { tenant: "acme" } }))).json()).toEqual({ tenant: "acme" });
});

test("a version and resources that are missing are no matter", async () => {
  const { version: _, resources: __, ...event } = rule();
  expect((await see(event)).source).toBe("aws.events");
});

test("a tick is late after a minute", async () => {
  const at = (ms: number) => rule({ time: new Date(Date.now() - ms).toISOString() });
  expect((await see(at(61_000))).late).toBe(true);
  expect((await see(at(30_000))).late).toBe(false);
  expect((await see(rule({ time: "soon" }))).late).toBe(false);
});

test("other events are refused, also those that only look like a schedule's", async () => {
  const events = [
    busEvent("Scheduled Event", {}),
    busEvent("Order Placed", {}, { source: "aws.events" }),
    { tenant: "acme" },
    null,
    "x",
    [],
  ];
  for (const event of events) await expect(see(event)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
});

test("with an input of its own any JSON is a tick, as old as its arrival", async () => {
  for (const event of [{ tenant: "acme" }, null, "x", 7, [1], {}]) {
    const tick = await see(event, { customInput: true });
    expect(tick).toMatchObject({ id: "invocation-1", late: false });
    expect(await tick.json()).toEqual(event);
    expect(tick.scheduledTime.getTime()).toBeGreaterThan(Date.now() - 10_000);
  }
  expect((await see(rule(), { customInput: true })).id).toBe(rule().id);
});

test("what the input says of the tick is read by the function that is given", async () => {
  const event = { at: "2026-01-02T03:00:00Z", execution: "e1" };
  const customInput = (input: unknown) => {
    const { at, execution } = input as typeof event;
    return { scheduledTime: at, id: execution };
  };
  const tick = await see(event, { customInput });
  expect(tick).toMatchObject({ id: "e1", late: true });
  expect(tick.scheduledTime.toISOString()).toBe("2026-01-02T03:00:00.000Z");
});

test("what a function of another kind should get is refused all the same", async () => {
  const foreign = [
    sqsEvent(sqsRecord("1")),
    [sqsRecord("1")],
    { requestContext: { http: {} } },
    { awslogs: { data: "" } },
  ];
  for (const event of foreign) {
    await expect(see(event, { customInput: true })).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  }
});

test("a failure rejects, so that Lambda tries again", async () => {
  await expect(run(() => retry(), rule())).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a tick in a queue is acknowledged as the queue's message", async () => {
  const event = sqsEvent(sqsRecord("m1", JSON.stringify(rule())), sqsRecord("m2", "{"));
  expect(await run(() => undefined, event, { unwrap: "sqs", batchItemFailures: true })).toEqual(failures("m2"));
  const input = await see(sqsEvent(sqsRecord("m1", '{"a":1}')), { unwrap: "sqs", customInput: true });
  expect(input.id).toBe("m1");
});
