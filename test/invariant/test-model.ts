import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cases, factor } from "../../packages/core/test/random.js";
import { Clock } from "./clock.js";
import { histories } from "./history.js";
import type { Fault, Model } from "./model.js";
import { play } from "./run.js";

/** The histories that each model plays: a fixed sample, or 100,000 where the tests explore. */
const { numRuns } = factor > 1 ? cases(100_000 / factor) : cases(3000);

/** Tests the promise of every cell with the models of one file: given redelivery and sink, no message is lost, and no group reordered. */
export function testModels(...models: readonly Model[]): void {
  const clock = new Clock();
  const { write } = process.stdout;
  const output = { ...console };
  const mute = () => undefined;
  let restore: () => void;

  beforeAll(() => {
    restore = clock.install();
    // Failures are what histories are made of: their log and their stacks would take most of the time, and a spy would keep it all.
    process.stdout.write = () => true;
    Object.assign(console, { log: mute, info: mute, warn: mute, error: mute });
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    restore();
    process.stdout.write = write;
    Object.assign(console, output);
    Error.stackTraceLimit = 10;
  });

  describe.each(models)("$name", (model) => {
    test(`loses nothing and keeps its order, over ${numRuns} histories`, { timeout: 3_600_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(histories, async (history) => {
          const breaches = await play(model, history, clock);
          if (breaches.length > 0) throw new Error(breaches.join("; "));
        }),
        { numRuns },
      );
    });

    test.each<Fault>(["loss", model.reorder ? "reordering" : "overlap"])("catches a planted %s", async (fault) => {
      const found = await fc.check(
        fc.asyncProperty(histories, async (history) => {
          return (await play(model, history, clock, fault)).length === 0;
        }),
        { numRuns: 1000, endOnFailure: true },
      );
      expect(found.failed).toBe(true);
    });
  });
}
