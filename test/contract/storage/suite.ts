import { HandlerError } from "@portico/core";
import { openStore, type StoreBinding } from "@portico/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Check, checks } from "./checks.js";
import { type Column, rows } from "./rows.mjs";

/** A store of its own for one check: nobody else writes where it does. */
export interface Opened {
  readonly open: (name: string) => StoreBinding;
  readonly close: () => Promise<void>;
}

/** Holds a provider, on a server, to every row of the table. */
export function storageContract({ provider, server, refuses, gaps }: Column, start: () => Promise<Opened>): void {
  describe(`${provider}, on ${server}`, () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await start();
    }, 60_000);
    afterAll(() => opened?.close());

    for (const { id, title } of rows) {
      const check = checks[id] as Check;
      const run = () => {
        const binding = opened.open(id);
        return check(openStore(binding), binding);
      };
      const gap = gaps[id];
      if (refuses.includes(id)) {
        test(`${title}: refused by name`, async () => {
          const error = await run().catch((thrown: unknown) => thrown);
          expect(HandlerError.is(error) && error.code).toBe("NOT_IMPLEMENTED");
        });
      } else if (gap !== undefined) {
        test(`${title}: a gap of the server, which ${gap}`, async () => {
          await expect(run(), "the gap is closed: take it out of rows.mjs").rejects.toThrow();
        });
      } else test(title, run, 60_000);
    }
  });
}
