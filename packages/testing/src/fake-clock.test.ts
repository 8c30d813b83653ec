import { ack, http, queue, reply, schedule } from "@portico/core";
import { describe, expect, test } from "vitest";
import { fake } from "./fake.js";
import { json } from "./reply.js";

const refused = expect.objectContaining({ code: "CONFIG_INVALID" });

describe("a fake clock", () => {
  test("stands still until it is moved", async () => {
    const clock = fake.clock("2026-03-29T00:59:00Z");
    expect(clock.now()).toEqual(new Date("2026-03-29T00:59:00Z"));
    await clock.advance(60_000);
    expect(clock.now()).toEqual(new Date("2026-03-29T01:00:00Z"));
    expect(fake.clock().now()).toEqual(fake.queue().time);
  });

  test("ends sleeps in the order in which they are due, each at its time", async () => {
    const clock = fake.clock(new Date(0));
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name} at ${clock.now().getTime()}`);
    void clock.sleep(20).then(note("second"));
    void clock.sleep(10).then(note("first"));
    void clock.sleep(10).then(note("also first"));
    void clock.sleep(31).then(note("never"));
    await clock.advance(30);
    expect(seen).toEqual(["first at 10", "also first at 10", "second at 20"]);
    expect(clock.now().getTime()).toBe(30);
  });

  test("reaches what begins on the way", async () => {
    const { sleep, advance, now } = fake.clock(new Date(0));
    let woke = 0;
    const loop = (async () => {
      for (let round = 0; round < 3; round += 1) await sleep(10);
      woke = now().getTime();
    })();
    await advance(100);
    await loop;
    expect(woke).toBe(30);
  });

  test("is not started or moved by what is no time", async () => {
    expect(() => fake.clock("soon")).toThrow(refused);
    expect(() => fake.clock(5 as never)).toThrow(refused);
    await expect(fake.clock().advance(-1)).rejects.toEqual(refused);
    await expect(fake.clock().sleep(Number.NaN)).rejects.toEqual(refused);
  });
});

describe("a fake context with a clock", () => {
  test("has a deadline by it, and less and less time", async () => {
    const clock = fake.clock();
    const context = fake.context({}, { clock, timeoutMs: 5000 });
    expect(context.deadline).toEqual(new Date(clock.now().getTime() + 5000));
    const { remainingMs } = context;
    await clock.advance(2000);
    expect(remainingMs()).toBe(3000);
    await clock.advance(9000);
    expect(remainingMs()).toBe(0);
    const given = fake.context({ deadline: new Date(clock.now().getTime() + 10) }, { clock });
    expect(given.remainingMs()).toBe(10);
    expect(fake.context({}, { clock }).remainingMs()).toBe(Number.POSITIVE_INFINITY);
    expect(fake.context({}, { timeoutMs: 1000 }).remainingMs()).toBeGreaterThan(900);
  });

  test("aborts its signal shortly before the deadline, as production does", async () => {
    const clock = fake.clock();
    const context = fake.context({}, { clock, timeoutMs: 5000 });
    await clock.advance(4249);
    expect(context.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(context.signal.reason).toMatchObject({ code: "TIMEOUT" });
  });

  test("gives up a handler that does not settle: 504, or the message comes again", async () => {
    const clock = fake.clock();
    const hangs = http.get("/").handle(() => new Promise(() => {}));
    const answer = hangs(fake.http(), fake.context({}, { clock, timeoutMs: 1000 }));
    const stuck = queue("orders").handle(() => new Promise(() => {}));
    const outcome = stuck(fake.queue(), fake.context({}, { clock, timeoutMs: 1000 }));
    await clock.advance(1000);
    expect(await json(await answer)).toMatchObject({ status: 504 });
    expect(await outcome).toMatchObject({ outcome: "retry", error: { code: "TIMEOUT" } });
  });

  test("leaves a handler alone that stops in time", async () => {
    const clock = fake.clock();
    const nightly = schedule("0 3 * * *").handle(async (tick, { remainingMs }) => {
      expect(tick.late).toBe(true);
      while (remainingMs() > 3000) await clock.sleep(500);
    });
    const scheduledTime = clock.now();
    await clock.advance(120_000);
    const context = fake.context({}, { clock, timeoutMs: 5000 });
    const outcome = nightly(fake.schedule({ scheduledTime, time: clock.now() }), context);
    await clock.advance(60_000);
    expect(await outcome).toEqual(ack());
  });

  test("is refused with two deadlines, or one that is none", () => {
    const clock = fake.clock();
    expect(() => fake.context({ deadline: new Date() }, { clock, timeoutMs: 5 })).toThrow(refused);
    expect(() => fake.context({}, { clock, timeoutMs: Number.NaN })).toThrow(refused);
  });
});

test("a reply that comes before the deadline is the handler's own", async () => {
  const clock = fake.clock();
  const quick = http.get("/").handle(() => reply.text("done"));
  expect((await quick(fake.http(), fake.context({}, { clock, timeoutMs: 10 }))).body).toBe("done");
});
