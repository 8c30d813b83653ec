import * as azure from "@portico/azure";
import type { AnyEvent } from "@portico/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fire } from "../../packages/azure/test/worker.js";
import { events } from "../../packages/core/test/events.js";
import { cases } from "../../packages/core/test/random.js";
import { type Cell, cells } from "./azure-cells.js";
import { tame } from "./azure-tame.js";
import { isMessage, withEmpties } from "./empties.js";

type Native = { readonly input: unknown; readonly context: { readonly triggerMetadata?: unknown } };

let count = 0;

/** Sends events through a cell and back, by the real library. Undefined where they are refused, which must say so. */
async function through(cell: Cell, sent: readonly AnyEvent[]): Promise<readonly AnyEvent[] | undefined> {
  let deliveries: Awaited<ReturnType<Cell["encode"]>>;
  try {
    deliveries = await cell.encode(sent as never);
  } catch (error) {
    expect(error).toMatchObject({ code: "EVENT_UNENCODABLE", permanent: true, details: { field: expect.any(String) } });
    return undefined;
  }
  const back: AnyEvent[] = [];
  for (const { input, triggerMetadata, wire } of deliveries) {
    count += 1;
    const name = `trip${count}`;
    cell.register(name, (one: AnyEvent, context: never) => {
      back.push(one);
      const { input: given, context: invocation } = azure.native(context) as Native;
      // What the encoder says that a handler gets is what the worker's own library makes of what the host sends.
      expect(given).toEqual(input);
      expect(invocation.triggerMetadata).toEqual(triggerMetadata);
      return undefined;
    });
    if (!wire) throw new Error("nothing to send");
    await fire(name, { input: wire.input, metadata: wire.triggerMetadata } as never);
  }
  return back;
}

async function expectCarried(cell: Cell, sent: AnyEvent, back: AnyEvent | undefined): Promise<void> {
  if (!back) throw new Error("the event did not come back");
  const pairs: [string, unknown, unknown][] = [];
  for (const [name, compare] of Object.entries(cell.carried)) {
    const [one, other] = await compare(sent as never, back as never);
    pairs.push([name, one, other]);
  }
  expect(pairs.map(([name, , other]) => [name, other])).toEqual(pairs.map(([name, one]) => [name, one]));
}

describe.each(cells)("$name", (cell) => {
  test("an everyday event comes back with everything the cell carries", async () => {
    await fc.assert(
      fc.asyncProperty(tame[cell.everyday ?? cell.kind] as fc.Arbitrary<AnyEvent>, async (sent) => {
        const back = await through(cell, [sent]);
        expect(back).toHaveLength(1);
        await expectCarried(cell, sent, back?.[0]);
      }),
      cases(60),
    );
  });

  test("any event comes back as it was, or is refused by the name of what cannot be carried", async () => {
    await fc.assert(
      fc.asyncProperty(events[cell.kind], async (sent) => {
        const back = await through(cell, [sent]);
        if (back) await expectCarried(cell, sent, back[0]);
      }),
      cases(150),
    );
  });

  test.runIf(isMessage(cell.kind))(
    "what is empty comes back so, as far as the cell can tell, or is refused",
    async () => {
      const [message] = fc.sample(tame[cell.everyday ?? cell.kind] as fc.Arbitrary<AnyEvent>, 1) as [AnyEvent];
      for (const [, sent] of withEmpties(message)) {
        const back = await through(cell, [sent]);
        if (back) await expectCarried(cell, sent, back[0]);
      }
    },
  );

  if (!cell.name.includes("as text"))
    test("nothing of a neutral event is forgotten: it is carried, or listed as lost", async () => {
      const [sent] = fc.sample(tame[cell.everyday ?? cell.kind] as fc.Arbitrary<AnyEvent>, 1);
      const listed = new Set([
        ...Object.keys(cell.carried),
        ...cell.lost,
        "kind",
        "native",
        "text",
        "json",
        "bytes",
        "data",
        "open",
      ]);
      const names = Object.keys(sent as object).map((name) =>
        name === "time" && "timestamp" in cell.carried ? "timestamp" : name,
      );
      expect(names.filter((name) => !listed.has(name))).toEqual([]);
    });

  if (!cell.many) return;
  test("everyday events of a batch come back each with its own", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(tame[cell.everyday ?? cell.kind] as fc.Arbitrary<AnyEvent>, { minLength: 2, maxLength: 4 }),
        async (sent) => {
          const back = await through(cell, sent);
          expect(back).toHaveLength(sent.length);
        },
      ),
      cases(40),
    );
  });
});
