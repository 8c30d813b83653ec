import { openStore } from "@portico/services";
import { describe, expect, test } from "vitest";
import { type Check, checks } from "./checks.js";
import { rows } from "./rows.mjs";

const live = process.env.PORTICO_LIVE_STORE;

// A store of your own, in an account of your own: PORTICO_LIVE_STORE=s3://my-bucket/scratch. It has not been done.
if (live) {
  const [, where = "", query = ""] = /^([^?]*?)\/?(\?.*)?$/.exec(live) ?? [];
  const run = `portico-${Date.now()}`;
  describe(`a live store: ${where}`, () => {
    // Those keys can be written by the provider's own means alone.
    for (const { id, title } of rows.filter((row) => row.id !== "foreign-keys")) {
      test(title, async () => {
        const store = openStore(`${where}/${run}/${id}${query}`);
        const refused = id === "signed-type" && store.provider === "azblob";
        const check = (checks[id] as Check)(store, undefined as never);
        if (refused) await expect(check).rejects.toMatchObject({ code: "NOT_IMPLEMENTED" });
        else await check;
      }, 120_000);
    }
  });
} else {
  test.skip("no live store: PORTICO_LIVE_STORE=s3://my-bucket/scratch names one", () => undefined);
}
