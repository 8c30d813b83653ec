import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Item, keyOf, type MessageDeployment, type MessageLimits, payloadOf, told } from "../contract/messages.js";
import type { Cloud } from "./functions.mjs";

/** A source of one cloud, and the native functions of another behind it. */
export interface Transposition {
  /** The cloud that the function was written for. */
  readonly from: Cloud;
  /** The source's name, and where it is. */
  readonly name: string;
  readonly limits: MessageLimits;
  deploy(): Promise<MessageDeployment>;
  /** The same with a function that fails: a clock's, which has no payload to say so. */
  deployFailing?: (() => Promise<MessageDeployment>) | undefined;
}

/** What only text can be, at home: bytes are refused, and set aside. */
const textOnly: readonly `${Cloud} ${MessageLimits["kind"]}`[] = ["aws queue", "aws topic"];

/** What cannot be carried at all: refused with the reason, and set aside. Each is in docs/wrapping.md. */
const refusals: readonly { readonly cell: RegExp; readonly reason: string }[] = [
  {
    cell: /^aws's schedule function behind .*(its own input|Cloud Scheduler)/,
    reason: "only a rule or schedule with an input of its own has one",
  },
  { cell: /^azure's change function behind .*SQL/, reason: "the item has another attribute named id" },
];

interface Entry {
  readonly message: string;
  readonly saw?: Readonly<Record<string, unknown>>;
}

/** What a function that was written for one cloud must do behind the sources of another. */
export function transposed({ from, name, limits, deploy, deployFailing }: Transposition): void {
  const { kind, payload } = limits;
  const isMessage = ["queue", "topic", "stream"].includes(kind);

  describe(`${from}'s ${kind} function behind ${name}`, () => {
    let deployment: MessageDeployment;
    let place = 100;
    beforeAll(async () => {
      deployment = await deploy();
    }, 60_000);
    afterAll(async () => deployment?.close?.());

    const item = (todo: string, given?: string | Uint8Array): Item => {
      place += 1;
      const json = payload === "json" ? JSON.stringify({ todo, ...told }) : undefined;
      return { todo, place, ...((given ?? json) !== undefined && { payload: (given ?? json) as string }) };
    };
    /** The log of a process of its own comes after its answer. */
    const soon = () => ({ timeout: deployment.logsLate ? 5000 : 500 });
    /** Delivers, and gives what the native handler said that it saw. */
    const run = async (items: readonly Item[], on = deployment) => {
      if (on.logsLate) await untilQuiet(on.log);
      const begin = on.log().length;
      const verdict = await on.deliver(items);
      const written = () => on.log().slice(begin);
      const entries = () =>
        written()
          .split("\n")
          .filter((line) => line.startsWith("{"))
          .map((line) => JSON.parse(line) as Entry);
      const saw = () => entries().flatMap((entry) => (entry.message === "native" && entry.saw ? [entry.saw] : []));
      return { verdict, written, saw };
    };

    const refusal = refusals.find(({ cell }) => cell.test(`${from}'s ${kind} function behind ${name}`));
    if (refusal) {
      test("is not given what it cannot carry: that is set aside with its reason", async () => {
        const { verdict, written, saw } = await run([item("ok")]);
        expect(verdict.acknowledged).toEqual([true]);
        await expect.poll(written, soon()).toContain("EVENT_UNENCODABLE");
        expect(written()).toContain(refusal.reason);
        await expect.poll(written, soon()).toContain('"sunk"');
        expect(saw()).toEqual([]);
      });
      return;
    }

    test("is given its event, all of it", async () => {
      const sent = item("ok", isMessage && payload !== "json" ? "ok aü€🎈 12345678901234567890" : undefined);
      const { verdict, saw } = await run([sent]);
      await expect.poll(saw, soon()).toHaveLength(1);
      expect(saw()[0]).toMatchObject(expected(kind, sent));
      expect(verdict.acknowledged).toEqual([true]);
    });

    test("fails as a portable one does, and its log has the error with its stack", async () => {
      const on = (await deployFailing?.()) ?? deployment;
      const { verdict, written } = await run([item("throw")], on);
      expect(verdict.acknowledged).toEqual([false]);
      await expect.poll(written, soon()).toMatch(/a secret reason[\s\S]*native\/\w+\.mjs/);
      if (on !== deployment) await on.close?.();
    });

    if (isMessage && payload === undefined) {
      const refused = textOnly.includes(`${from} ${kind}`);
      test(`${refused ? "is not given" : "is given"} bytes that are no text`, async () => {
        const sent = item("ok", Uint8Array.from([...Buffer.from("ok "), 0xff, 0xfe, 0x00, 0x80]));
        const { verdict, written, saw } = await run([sent]);
        // Set aside in the sink, and so it may go.
        expect(verdict.acknowledged).toEqual([true]);
        if (refused) {
          await expect.poll(written, soon()).toContain("EVENT_UNENCODABLE");
          await expect.poll(written, soon()).toContain('"sunk"');
          expect(saw()).toEqual([]);
        } else {
          await expect.poll(saw, soon()).toHaveLength(1);
          expect(saw()[0]).toMatchObject(expected(kind, sent));
        }
      });
    }

    // A tick does not say what is to become of it.
    if (limits.redelivers && kind !== "schedule") {
      const { redelivers } = limits;
      test("brings back what failed of a delivery of several, and nothing that is done", async () => {
        const { verdict } = await run([item("ok"), item("throw"), item("ok")]);
        const left = {
          message: [true, false, true],
          "from-failure": [true, false, false],
          delivery: [false, false, false],
        };
        expect(verdict.acknowledged).toEqual(left[redelivers]);
      });
    }
  });
}

/** A host may serve several functions: what those before wrote comes through a pipe, and so perhaps late. */
async function untilQuiet(log: () => string): Promise<void> {
  for (let length = -1; length !== log().length; ) {
    length = log().length;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** What a native handler of any cloud must have seen. */
function expected(kind: MessageLimits["kind"], sent: Item): Readonly<Record<string, unknown>> {
  switch (kind) {
    case "object":
      return { bucket: "orders", key: keyOf(sent), created: true };
    case "change":
    case "event":
      return { todo: sent.todo, ...told };
    case "schedule":
      return { todo: "ok", time: expect.stringMatching(/^2026-/) };
    default: {
      const bytes = Buffer.from(payloadOf(sent) as string);
      return { length: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
    }
  }
}
