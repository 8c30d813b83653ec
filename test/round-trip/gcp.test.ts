import type { AnyEvent } from "@portico/core";
import fc, { type Arbitrary } from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { events } from "../../packages/core/test/events.js";
import { cases } from "../../packages/core/test/random.js";
import { isMessage, withEmpties } from "./empties.js";
import { deliverTo, type Source, sources } from "./gcp/cells.js";
import { factsOf } from "./gcp/facts.js";
import { tame, withMembers } from "./gcp/tame.js";

const isGoogles = /^\/\/(?:pubsub|storage|firestore|firebasedatabase|cloudscheduler|cloudtasks)\.googleapis\.com\//;

beforeAll(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterAll(() => vi.restoreAllMocks());

/** Whether the source carries the event; then it is the same when it comes back. */
async function roundTrip(source: Source, deliver: ReturnType<typeof deliverTo>, given: AnyEvent): Promise<boolean> {
  let sent: Awaited<ReturnType<Source["encode"]>>;
  try {
    sent = await source.encode(given);
  } catch (error) {
    expect(error).toMatchObject({ code: "EVENT_UNENCODABLE", permanent: true });
    return false;
  }
  const [before, after] = [await factsOf(given), await factsOf(await deliver(sent))];
  if (source.title.includes("Pub/Sub") && "attributes" in before) before.attributes = withMembers(before);
  // Cloud Tasks counts every attempt.
  if (source.title.includes("Cloud Tasks")) before.attempt ??= 1;
  // The names of resources are made where the event has none of Google's.
  const lost =
    source.kind === "event" || isGoogles.test(String(before.source)) ? source.lost : [...source.lost, "source"];
  if (given.kind === "http" && given.clientIp === undefined) before.clientIp = after.clientIp;
  for (const name of lost) {
    delete before[name];
    delete after[name];
  }
  expect(after).toEqual(before);
  return true;
}

describe.each(sources.map((source, index) => [source.title, source, `roundTrip${index}`] as const))(
  "%s",
  (_title, source, name) => {
    const deliver = deliverTo(source, name);

    test("carries the events of every day", async () => {
      const arbitrary = tame[source.kind];
      await fc.assert(
        fc.asyncProperty(arbitrary, async (given) => {
          expect(await roundTrip(source, deliver, given)).toBe(true);
        }),
        cases(100),
      );
    });

    test.runIf(isMessage(source.kind))("tells what is empty from what is not there, or refuses it", async () => {
      const [message] = fc.sample(tame[source.kind], 1) as [AnyEvent];
      // Found by chance: an empty key came back as none (seed -753232130, path 78:1:1:1:1:1:1:1:1:2:1:1:2:3).
      for (const [, given] of withEmpties(message)) await roundTrip(source, deliver, given);
    });

    test("carries what it carries unchanged, and refuses the rest", async () => {
      const kinds = source.kind === "event" ? (["event", "loose event"] as const) : [source.kind];
      for (const kind of kinds) {
        await fc.assert(
          fc.asyncProperty(events[kind] as Arbitrary<AnyEvent>, async (given) => {
            await roundTrip(source, deliver, given);
          }),
          cases(100),
        );
      }
    });
  },
);
