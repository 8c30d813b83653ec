import type { AnyEvent, NeutralEvent } from "@portico/core";
import fc, { type Arbitrary } from "fast-check";
import { describe, expect, test } from "vitest";
import { events } from "../../packages/core/test/events.js";
import { cases } from "../../packages/core/test/random.js";
import type { Facts } from "./aws/facts.js";
import { laws } from "./aws/laws.js";
import { tame } from "./aws/tame.js";
import { isMessage, withEmpties } from "./empties.js";

const runs = cases(200);

/** Whether an event went there and back; false when it was refused. Anything else fails the test. */
async function roundTrip(law: (typeof laws)[number], given: NeutralEvent): Promise<boolean> {
  let native: unknown;
  try {
    native = await law.encode(given as never);
  } catch (error) {
    expect(error).toMatchObject({ code: "EVENT_UNENCODABLE", permanent: true });
    return false;
  }
  const back = await law.facts((await law.decode(native)) as never);
  const sent = await law.facts(given as never);
  const expected: Facts = { ...sent, ...law.expected?.(sent, given as never) };
  for (const field of law.lost) {
    delete expected[field];
    delete back[field];
  }
  if (expected.sequence === "~made") {
    expect(back.sequence).toMatch(/^\d+$/);
    expected.sequence = back.sequence;
  }
  // Headers of Kafka: those that were sent, in their order, and behind them one for each attribute.
  if (Array.isArray(expected.headers) && expected.headers[1] instanceof Set) {
    const all = back.headers as [string, string][];
    const [head, added] = expected.headers as [unknown[], Set<string>];
    back.headers = [all.slice(0, head.length), new Set(all.slice(head.length).map(([name]) => name))];
    expect(all).toHaveLength(head.length + added.size);
  }
  expect(back).toEqual(expected);
  return true;
}

describe.each(laws.map((law) => [law.source, law] as const))("%s", (_source, law) => {
  test("carries every event of real life without a change", async () => {
    await fc.assert(
      fc.asyncProperty(tame[law.kind] as Arbitrary<NeutralEvent>, async (given) => {
        expect(await roundTrip(law, given)).toBe(true);
      }),
      runs,
    );
  });

  test.runIf(isMessage(law.kind))("tells what is empty from what is not there, or refuses it", async () => {
    const [message] = fc.sample(tame[law.kind] as Arbitrary<NeutralEvent>, 1) as [AnyEvent];
    for (const [, given] of withEmpties(message)) await roundTrip(law, given);
  });

  test("carries or refuses any other event: nothing changes silently", async () => {
    await fc.assert(
      fc.asyncProperty(events[law.kind] as Arbitrary<NeutralEvent>, async (given) => {
        await roundTrip(law, given);
      }),
      runs,
    );
  });
});

test.each(laws.filter(({ kind }) => kind === "event").map((law) => [law.source, law] as const))(
  "%s carries or refuses the events of platforms that keep fewer rules",
  async (_source, law) => {
    await fc.assert(
      fc.asyncProperty(events["loose event"] as Arbitrary<NeutralEvent>, async (given) => {
        await roundTrip(law, given);
      }),
      runs,
    );
  },
);
