import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pause, startDelivery, statesOf } from "../../test/delivery.js";
import { queue } from "../kinds/queue.js";
import { ack, deadLetter, drop, retry } from "../outcome.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test.each([
  ["a proxy that throws", () => new Proxy({}, { getPrototypeOf: () => fail() })],
  ["an error whose name throws", () => Object.defineProperty(new Error("x"), "name", { get: fail })],
  [
    "an error whose message is a symbol",
    () => Object.defineProperty(new Error("x"), "message", { value: Symbol("s") }),
  ],
])("throwing %s is a retry, at once or later, and ends the delivery", async (_, make) => {
  for (const isLate of [false, true]) {
    const { run } = startDelivery(["a", "b"], { groups: ["g", "h"], deadlineMs: 5000 });
    const result = await run(({ id }) => {
      if (id === "b") return;
      if (!isLate) throw make();
      return pause(1).then(() => {
        throw make();
      });
    });
    expect(statesOf(result)).toBe("retry done");
  }
});

test("the log says that what was thrown cannot be read, and why", async () => {
  const { run, logs } = startDelivery(["a"]);
  const [result] = await run(() => {
    throw Object.defineProperty(new Error("x"), "message", { get: fail });
  });
  expect(logs()[0]).toMatchObject({
    message: "the handler failed",
    error: { message: "What was thrown cannot be read.", cause: { message: "a getter" } },
  });
  expect(result).toMatchObject({ state: "retry", error: { message: "What was thrown cannot be read." } });
});

function fail(): never {
  throw new Error("a getter");
}

test("a sink whose work behind waitUntil fails makes it a retry", async () => {
  const { run } = startDelivery(["a"], {
    sink: async (_m, _r, { waitUntil }) => waitUntil(Promise.reject(new Error("full"))),
  });
  expect(statesOf(await run(() => deadLetter("bad")))).toBe("retry");
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, "5"])(
  "retry({ afterSeconds: %j }) is no outcome",
  async (value) => {
    const onDelay = vi.fn(async () => undefined);
    const { run, logs } = startDelivery(["a"], { onDelay });
    expect(statesOf(await run(() => retry({ afterSeconds: value as number })))).toBe("retry");
    expect(onDelay).not.toHaveBeenCalled();
    expect(logs()).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ code: "REPLY_INVALID" }) }),
    );
  },
);

test("a middleware of a batch sees an invalid outcome as a failure, and next() twice at once as one answer twice", async () => {
  const { deliver } = startDelivery(["a", "b"]);
  const fn = queue("q")
    .use(async (_message, _context, next) => {
      const [one, two] = await Promise.all([next(), next()].map((each) => each.catch(() => drop("invalid"))));
      expect(two).toEqual(one);
      return one as never;
    })
    .batch(async (items) => items.map(({ event }) => (event.id === "a" ? ("bad" as never) : ack())));
  expect(statesOf(await deliver(fn))).toBe("done done");
});
