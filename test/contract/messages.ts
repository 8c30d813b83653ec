import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

/** Where a source cannot do what the others do; each is in the docs. */
export interface MessageLimits {
  readonly kind: "queue" | "topic" | "stream" | "object" | "change" | "schedule" | "event";
  /**
   * What a failure in a delivery of several brings back: that event alone, it and all behind it, or the whole delivery. Absent where every
   * event comes alone.
   */
  readonly redelivers?: "message" | "from-failure" | "delivery";
  /** The events of a delivery are one group: nothing begins behind a failure. */
  readonly ordered?: true;
  /** What a payload can be: any bytes (the default), text, or a JSON value. Kinds without a payload have no choice. */
  readonly payload?: "text" | "json";
  /** A message without a payload cannot be sent. */
  readonly neverEmpty?: true;
  /** The event has nothing that stays the same when it comes again. */
  readonly newIdEachTime?: true;
  /** The platform itself sets a message aside, with a reason: no sink is asked. */
  readonly setsAside?: true;
  /** Any bytes are a message of this source: what it is not for cannot be seen. */
  readonly takesAnything?: true;
}

/** One event to be delivered. */
export interface Item {
  /** What the function is to do, and a place that no other event of the delivery has. */
  readonly todo: string;
  readonly place: number;
  /** Of messages; default: the text of `todo`. */
  readonly payload?: string | Uint8Array;
}

/** What a platform makes of a delivery's end. */
export interface Verdict {
  /** For each event whether it is gone for good. */
  readonly acknowledged: readonly boolean[];
  /** For each event why the platform itself set it aside. */
  readonly setAside?: readonly (string | undefined)[];
  /** What the platform was told about a failure. */
  readonly error?: string | undefined;
}

export interface MessageDeployment {
  /** One native delivery. Throws where the answer is none that the platform knows. */
  deliver(items: readonly Item[]): Promise<Verdict>;
  /** What other sources send, each given to the same function. */
  readonly foreign: readonly (() => Promise<Verdict>)[];
  /** What the function's log said so far. */
  log(): string;
  /** The log of a process of its own comes after its answer. */
  readonly logsLate?: true;
  close?(): Promise<void>;
}

/** What is beside `todo` in an event's data, and must arrive as it was sent. */
export const told = { text: "aü€🎈 \u0000", number: 1.5, big: "12345678901234567890" };
/** An object's name, after `orders/<todo>/<place>/`. */
export const awkwardName = "a b+c/ü%41&=?#.txt";
export const keyOf = ({ todo, place }: Item) => `x/${todo}/${place}/${awkwardName}`;
export const payloadOf = ({ todo, payload }: Item): string | Uint8Array => payload ?? todo;
/** When everything here happened. */
export const happened = "2026-03-05T10:15:30.000Z";

interface Entry {
  readonly message: string;
  readonly contract?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

const sha256 = (value: string | Uint8Array) => createHash("sha256").update(value).digest("hex");
/** `expect.poll` would ask which test runs, and side by side there are several. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 5 });
const messageKinds = ["queue", "topic", "stream"];

/**
 * What every message cell must do, for every source of it, in process and in its real runtime. With `concurrent` sources are tried side by
 * side, each one's tests still in their order: where each has a process of its own, most of the time is a wait for that.
 */
export function messageContract(
  name: string,
  limits: MessageLimits,
  deploy: () => Promise<MessageDeployment>,
  { concurrent = false } = {},
): void {
  describe(name, { concurrent }, () => {
    let deployment: MessageDeployment;
    let place = 0;
    beforeAll(async () => {
      deployment = await deploy();
    }, 60_000);
    afterAll(async () => deployment?.close?.());

    const isMessage = messageKinds.includes(limits.kind);
    const item = (todo: string, payload?: string | Uint8Array): Item => {
      place += 1;
      return { todo, place, ...(payload !== undefined && { payload }) };
    };
    const entriesFrom = (from: number): Entry[] =>
      deployment
        .log()
        .slice(from)
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as Entry);
    /** Delivers, and gives what became of it with the log entries it made; waits for `last` where the log comes late. */
    const run = async (items: readonly Item[], last: string | undefined = "handling") => {
      const from = deployment.log().length;
      const verdict = await deployment.deliver(items);
      const written = () => entriesFrom(from);
      const has = () => written().some(({ message }) => message === last);
      if (deployment.logsLate && last !== undefined) await soon(() => expect(has()).toBe(true));
      const named = (message: string) => written().filter((entry) => entry.message === message);
      return {
        verdict,
        text: () => deployment.log().slice(from),
        named,
        of: (message: string) => facts(named(message)),
      };
    };
    /** A handler that was given up is heard of again. */
    const overFrom = async (from: number) => {
      await soon(() => expect(deployment.log().slice(from)).toContain("over at last"));
    };
    const facts = (entries: readonly Entry[]) => entries.map(({ contract }) => contract ?? {});
    const one = async (todo: string, last?: string) => run([item(todo)], last);

    describe.sequential("an event", () => {
      test("has a kind, an id, a source and a time", async () => {
        const { verdict, of } = await one("ok");
        expect(verdict.acknowledged).toEqual([true]);
        expect(of("handling")).toHaveLength(1);
        const [seen] = of("handling");
        expect(seen).toMatchObject({
          kind: limits.kind,
          id: expect.stringMatching(/./),
          source: expect.stringMatching(/./),
        });
        expect(Number.isFinite(Date.parse(String(seen?.time)))).toBe(true);
      });

      test("has the same id and source when it comes again, and another one has another id", async () => {
        const [first, second] = [item("retry"), item("retry")];
        const [before] = (await run([first])).of("handling");
        const [after] = (await run([first])).of("handling");
        const [other] = (await run([second])).of("handling");
        expect(after?.source).toBe(before?.source);
        if (limits.newIdEachTime) expect(after?.id).not.toBe(before?.id);
        else expect(after?.id).toBe(before?.id);
        expect(other?.id).not.toBe(before?.id);
      });

      if (isMessage) {
        const texts = ["ok", "ok aü€🎈", `ok ${"x".repeat(256 * 1024 - 3)}`, 'ok {"n":12345678901234567890}'];
        test.each(texts.map((text) => [text.length, text]))(
          "has its text of %i characters exactly",
          async (_, text) => {
            if (limits.payload === "json") return;
            const { of, verdict } = await run([item("ok", text)]);
            expect(of("handling")[0]).toMatchObject({ length: Buffer.byteLength(text), sha256: sha256(text) });
            expect(verdict.acknowledged).toEqual([true]);
          },
        );

        test("has bytes that are no text, where its platform has bytes", async () => {
          const bytes = Uint8Array.from([...Buffer.from("ok "), ...Array.from({ length: 256 }, (_, index) => index)]);
          if (limits.payload) return;
          const { of } = await run([item("ok", bytes)]);
          expect(of("handling")[0]).toMatchObject({ length: bytes.length, sha256: sha256(bytes) });
        });

        test("may be empty, where its platform lets it", async () => {
          if (limits.neverEmpty || limits.payload === "json") return;
          const { of, verdict } = await run([item("ok", "")]);
          expect(of("handling")[0]).toMatchObject({ length: 0 });
          expect(verdict.acknowledged).toEqual([true]);
        });
      }
      if (limits.kind === "object") {
        test("has its key, decoded once", async () => {
          const sent = item("ok");
          const [handling] = (await run([sent])).of("handling");
          const { bucket } = handling ?? {};
          expect(handling).toMatchObject({ key: keyOf(sent), action: "created", opens: `${bucket} ${keyOf(sent)}` });
        });
      }
      if (limits.kind === "change") {
        test("has its item, exactly", async () => {
          const { of } = await one("ok");
          expect(of("handling")[0]).toMatchObject({ after: { todo: "ok", ...told } });
          expect(Object.keys(of("handling")[0]?.key as object)).not.toEqual([]);
        });
      }
      if (limits.kind === "event") {
        test("has its data, exactly", async () => {
          const { of } = await one("ok");
          expect(of("handling")[0]).toMatchObject({ data: { todo: "ok", ...told }, type: expect.stringMatching(/./) });
        });
      }
      if (limits.kind === "schedule") {
        test("has the time at which it was due", async () => {
          const [seen] = (await one("ok")).of("handling");
          expect(Number.isFinite(Date.parse(String(seen?.scheduledTime)))).toBe(true);
        });
      }
    });

    describe.sequential("what is done", () => {
      test.each(["ok", "ack"])("(%s) is acknowledged", async (todo) => {
        expect((await one(todo)).verdict.acknowledged).toEqual([true]);
      });

      test("without being wanted is acknowledged, and the log has the reason", async () => {
        const { verdict, named } = await one("drop", "message dropped");
        expect(verdict.acknowledged).toEqual([true]);
        expect(named("message dropped")[0]).toMatchObject({ reason: "nobody needs it" });
      });

      test("is acknowledged after the work passed to waitUntil", async () => {
        const { verdict, named } = await one("wait", "waited for");
        expect(verdict.acknowledged).toEqual([true]);
        expect(named("waited for")).toHaveLength(1);
      });
    });

    describe.sequential("what is not done", () => {
      test.each(["retry", "later", "throw", "throw-undefined", "reject", "garbage", "number"])(
        "(%s) is not acknowledged, and not sunk",
        async (todo) => {
          const { verdict, of } = await one(todo);
          expect(verdict.acknowledged).toEqual([false]);
          expect(of("sunk")).toEqual([]);
          expect(verdict.setAside ?? [undefined]).toEqual([undefined]);
        },
      );

      test("has its reason in the log", async () => {
        const { text } = await one("throw", "the handler failed");
        expect(text()).toContain("a secret reason");
      });

      test("in time is not acknowledged; the next one is handled, but of the same group not before it is over", async () => {
        const from = deployment.log().length;
        expect((await one("slow")).verdict.acknowledged).toEqual([false]);
        if (!limits.ordered) expect((await one("ok")).verdict.acknowledged).toEqual([true]);
        await overFrom(from);
        expect((await one("ok")).verdict.acknowledged).toEqual([true]);
      });

      test("by work passed to waitUntil does not harm what was done, or is not acknowledged: it is in the log", async () => {
        const { text } = await one("wait-fails");
        await soon(() => expect(text()).toContain("a secret reason"));
      });
    });

    describe.sequential("what can never be done", () => {
      const reasons: readonly (readonly [todo: string, reason: string])[] = [
        ["dead", "it can never be done"],
        ["permanent", "NOT_FOUND: There is no such order."],
        ...(isMessage && limits.payload !== "json" ? [["parse", "BAD_REQUEST: "] as const] : []),
      ];
      test.each(reasons)("(%s) is set aside with its reason, and then acknowledged", async (todo, reason) => {
        const sent = item(todo);
        const { verdict, of } = await run([sent], limits.setsAside ? "handling" : "sunk");
        expect(verdict.acknowledged).toEqual([true]);
        if (limits.setsAside) {
          expect(verdict.setAside?.[0]).toContain(reason);
          return;
        }
        const [seen] = of("handling");
        expect(of("sunk")).toEqual([
          {
            key: `${seen?.source}#${seen?.id}`,
            reason: expect.stringContaining(reason),
            id: seen?.id,
            source: seen?.source,
            kind: limits.kind,
          },
        ]);
      });

      test("and cannot be set aside either is not acknowledged", async () => {
        const { verdict, of } = await one("dead-unsunk");
        expect(verdict.acknowledged).toEqual([false]);
        expect(of("sunk")).toEqual([]);
      });
    });

    test.sequential("what another source sends is refused by name, and not acknowledged", async () => {
      if (limits.takesAnything) {
        expect(deployment.foreign).toEqual([]);
        return;
      }
      expect(deployment.foreign.length).toBeGreaterThan(0);
      for (const deliver of deployment.foreign) {
        const from = deployment.log().length;
        const { acknowledged, error = "" } = await deliver();
        expect(acknowledged).toEqual([false]);
        await soon(() =>
          expect(error + deployment.log().slice(from)).toMatch(
            /EVENT_UNSUPPORTED|was expected|is expected|were expected/,
          ),
        );
        expect(facts(entriesFrom(from).filter(({ message }) => message === "handling"))).toEqual([]);
      }
    });

    if (limits.redelivers) {
      const { redelivers, ordered } = limits;
      describe.sequential("in a delivery of several", () => {
        const several = (...todos: string[]) => run(todos.map((todo) => item(todo)));

        test("all that are done are acknowledged", async () => {
          const { verdict, of } = await several("ok", "drop", "dead", "wait");
          expect(verdict.acknowledged).toEqual([true, true, true, true]);
          expect(of("handling")).toHaveLength(4);
          expect(new Set(of("handling").map(({ id }) => id)).size).toBe(4);
        });

        test.each(["retry", "throw-undefined", "garbage", "dead-unsunk", "slow"])(
          "one that is not (%s) brings back what its platform can name, and no more",
          async (todo) => {
            const from = deployment.log().length;
            const { verdict, of } = await several("ok", todo, "drop");
            if (todo === "slow") await overFrom(from);
            const expected = {
              message: [true, false, true],
              "from-failure": [true, false, false],
              delivery: [false, false, false],
            };
            expect(verdict.acknowledged).toEqual(expected[redelivers]);
            expect(of("handling").map((seen) => seen.todo)).toEqual(ordered ? ["ok", todo] : ["ok", todo, "drop"]);
          },
        );
      });
    }
  });
}
