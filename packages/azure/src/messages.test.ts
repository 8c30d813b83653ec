import {
  ack,
  type Context,
  deadLetter,
  drop,
  HandlerError,
  type NeutralEvent,
  queue,
  retry,
  type Sink,
} from "@portico/core";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { sources } from "../test/sources.js";
import { fire, worker } from "../test/worker.js";
import * as azure from "./index.js";
import { shutDown } from "./shutdown.js";

let count = 0;
const newName = () => {
  count += 1;
  return `message${count}`;
};
const noSink: Sink = async () => undefined;
const logged = () =>
  worker.logs.filter(({ category }) => category === "user").map(({ message }) => JSON.parse(message));
beforeEach(() => void worker.logs.splice(0));

describe.each(sources)("$name", ({ register, fire: firing }) => {
  const deploy = (
    handler: (event: NeutralEvent, context: never) => unknown,
    ours: { sink?: Sink | undefined; timeoutMs?: number; concurrency?: number } = {},
  ) => {
    const name = newName();
    register(name, handler, { sink: noSink, ...ours });
    return (numbers: readonly number[] = [1]) => fire(name, firing(numbers));
  };

  test("success is to return, and nothing else is returned to the host", async () => {
    const seen: unknown[] = [];
    const run = deploy((event) => void seen.push(event.id));
    expect(await run()).toBeUndefined();
    expect(seen).toHaveLength(1);
    for (const outcome of [ack(), drop("not ours")]) await deploy(() => outcome)();
    expect(logged()).toContainEqual(expect.objectContaining({ message: "message dropped", reason: "not ours" }));
  });

  test.each([
    ["debug", ["debug", "info"]],
    ["error", []],
    ["loud", ["info"]],
  ])("with LOG_LEVEL %s, entries of %j are written", async (level, written) => {
    vi.stubEnv("LOG_LEVEL", level);
    const run = deploy((_event, context: Context) => {
      context.log.debug("said");
      context.log.info("said");
    });
    await run();
    expect(logged().flatMap((entry) => (entry.message === "said" ? [entry.level] : []))).toEqual(written);
    vi.unstubAllEnvs();
  });

  test("the same event has the same id, source and facts when it comes again", async () => {
    const seen: unknown[] = [];
    const run = deploy(
      async (event) => void seen.push([event.id, event.source, event.time instanceof Date, await event.json()]),
    );
    await run([7]);
    await run([7]);
    expect(seen[0]).toEqual(seen[1]);
    expect((seen[0] as string[])[0]).not.toBe("");
    expect((seen[0] as string[])[1]).not.toBe("");
  });

  test("whatever is thrown fails the invocation with an Error", async () => {
    for (const thrown of [undefined, null, "text", new Error("broken")]) {
      const run = deploy(() => {
        throw thrown;
      });
      await expect(run()).rejects.toBeInstanceOf(Error);
    }
    await expect(deploy(() => Promise.reject(undefined))()).rejects.toBeInstanceOf(Error);
    await expect(deploy(() => retry())()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("a result that is no outcome is a failure, not success", async () => {
    await expect(deploy(() => ({ batchItemFailures: [] }))()).rejects.toMatchObject({ code: "REPLY_INVALID" });
  });

  test("what can never be done goes to the sink, with a key that stays the same", async () => {
    const sink = vi.fn<Sink>(async () => undefined);
    await deploy(() => deadLetter("no such sku"), { sink })([3]);
    await deploy(
      () => {
        throw new HandlerError("NOT_FOUND", "gone");
      },
      { sink },
    )([3]);
    const [[event, reason, context], [, other, again]] = sink.mock.calls as unknown as [
      [NeutralEvent, string, { key: string }],
      [NeutralEvent, string, { key: string }],
    ];
    expect([reason, other]).toEqual(["no such sku", "NOT_FOUND: gone"]);
    expect(context.key).toBe(`${event.source}#${event.id}`);
    if (event.kind !== "schedule") expect(again.key).toBe(context.key);
  });

  test("a sink that fails, or hangs, is no success", async () => {
    const fails: Sink = async () => {
      throw new Error("the sink is full");
    };
    await expect(deploy(() => deadLetter("bad"), { sink: fails })()).rejects.toThrow("the sink is full");
    const hangs: Sink = () => new Promise(() => undefined);
    await expect(deploy(() => deadLetter("bad"), { sink: hangs, timeoutMs: 60 })()).rejects.toMatchObject({
      code: "TIMEOUT",
    });
  });

  test("a handler that never settles is given up in time, after its signal", async () => {
    let aborted = false;
    const run = deploy(
      (_event, { signal }: { signal: AbortSignal }) =>
        new Promise(() => signal.addEventListener("abort", () => (aborted = true))),
      { timeoutMs: 60 },
    );
    await expect(run()).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(aborted).toBe(true);
  });

  test("work passed to waitUntil is settled before success", async () => {
    let done = false;
    await deploy((_event, { waitUntil }: { waitUntil(work: Promise<unknown>): void }) => {
      waitUntil(new Promise((resolve) => setTimeout(resolve, 20)).then(() => (done = true)));
    })();
    expect(done).toBe(true);
  });
});

test.each(sources.filter(({ anyPayload }) => !anyPayload))(
  "$name: input of another trigger is refused",
  async ({ register }) => {
    for (const input of ["5", "null", '"text"', "{}", "[5]", '{"messages":[],"actions":{}}']) {
      const name = newName();
      register(name, () => ack(), { sink: async () => Promise.reject(new Error("not stored")) });
      await expect(fire(name, { input: { json: input }, metadata: {} }), input).rejects.toBeInstanceOf(Error);
    }
  },
);

test.each(sources.filter(({ batch }) => batch))(
  "$name: one that fails fails the delivery",
  async ({ register, fire: firing }) => {
    const name = newName();
    let calls = 0;
    const handler = () => {
      calls += 1;
      if (calls === 1) throw new Error("the first fails");
    };
    register(name, handler, { sink: noSink });
    const message = expect.stringContaining("of 3 events");
    await expect(fire(name, firing([1, 2, 3]))).rejects.toMatchObject({ code: "UNAVAILABLE", message });
  },
);

test.each(sources.filter(({ demandsSink }) => demandsSink))(
  "$name: without a sink it is not registered",
  ({ register }) => {
    expect(() => register(newName(), () => ack())).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  },
);

describe("registration", () => {
  const fn = queue("orders").handle(() => ack());
  const storageQueue = { connection: "Store" };

  test("a function of another kind is refused, by the compiler and at run time", () => {
    // @ts-expect-error a queue function is no topic function
    expect(() => azure.topic("t", fn, { eventGrid: {} })).toThrow(
      "A topic function was expected, and this one is queue.",
    );
    // @ts-expect-error not a function
    expect(() => azure.event("t", undefined)).toThrow("this one is not portable");
  });

  test("a name, or an option, that cannot be is refused", () => {
    for (const name of ["1st", "", undefined as never, null as never])
      expect(() => azure.queue(name, fn, { storageQueue })).toThrow("does not take the function name");
    const wrong = [
      { concurrency: 0 },
      { concurrency: 1.5 },
      { timeoutMs: -1 },
      { timeoutMs: Number.NaN },
      { sink: 5 as never },
    ];
    for (const option of wrong)
      expect(() => azure.queue("q", fn, { storageQueue, ...option })).toThrow(
        expect.objectContaining({ code: "CONFIG_INVALID" }),
      );
  });

  test("there is exactly one source", () => {
    expect(() => azure.queue("q", fn, {} as never)).toThrow("No source was named");
    expect(() => azure.queue("q", fn, undefined as never)).toThrow("No source was named");
    expect(() => azure.queue("q", fn, { storageQueue, serviceBus: { connection: "Bus" } } as never)).toThrow(
      "Several sources",
    );
  });
});

describe("time", () => {
  const storageQueue = { connection: "Store" };
  const deliver = (name: string) =>
    fire(name, { input: { bytes: Buffer.from("x") }, metadata: { Id: { string: "q1" } } });

  test("the same message waits for a handler that ignored its deadline", async () => {
    const order: string[] = [];
    let release: () => void = () => undefined;
    const name = newName();
    const fn = queue("orders").handle(async () => {
      order.push("begins");
      if (order.length === 1) await new Promise<void>((resolve) => (release = resolve));
      order.push("ends");
    });
    azure.queue(name, fn, { storageQueue, timeoutMs: 80 });
    await expect(deliver(name)).rejects.toMatchObject({ code: "TIMEOUT" });
    const again = deliver(name);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(order).toEqual(["begins"]);
    release();
    await again;
    expect(order).toEqual(["begins", "ends", "begins", "ends"]);
  });

  test("a shutdown of the host aborts what is under way", async () => {
    const name = newName();
    let code: unknown;
    const fn = queue("orders").handle(
      (_message, { signal }) =>
        new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => {
            code = signal.reason.code;
            resolve();
          }),
        ),
    );
    azure.queue(name, fn, { storageQueue });
    const run = deliver(name);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await shutDown(50);
    await run;
    expect(code).toBe("CANCELLED");
  });

  test("retry({ afterSeconds }) is a plain retry, which is said once", async () => {
    const name = newName();
    azure.queue(
      name,
      queue("orders").handle(() => retry({ afterSeconds: 5 })),
      { storageQueue },
    );
    for (let run = 0; run < 2; run += 1) await expect(deliver(name)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(logged().filter(({ message }) => message.startsWith("retry({ afterSeconds })"))).toHaveLength(1);
  });

  test("the context says where it runs, and that the process is warm", async () => {
    const name = newName();
    const seen: unknown[] = [];
    const fn = queue("orders").handle((_message, context) => {
      seen.push([context.platform, context.functionName, context.coldStart, context.remainingMs() > 200_000]);
      expect(azure.native(context)?.input).toEqual(Buffer.from("x"));
    });
    azure.queue(name, fn, { storageQueue });
    await deliver(name);
    await deliver(name);
    expect(seen).toEqual([
      ["azure", name, false, true],
      ["azure", name, false, true],
    ]);
  });
});
