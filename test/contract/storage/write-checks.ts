import type { ObjectStore, WrittenObject } from "@portico/core";
import { expect } from "vitest";

const chunk = new Uint8Array(1024 * 1024).fill(7);

/** Nine megabytes: more than one part. */
async function* large(): AsyncGenerator<Uint8Array> {
  for (let count = 0; count < 9; count += 1) yield chunk;
}

const stale = "0123456789abcdef";

async function content(store: ObjectStore, key: string): Promise<string> {
  return (await store.get(key)).text();
}

/** Conditional writes, and what they are for. */
export const writeChecks: Readonly<Record<string, (store: ObjectStore) => Promise<void>>> = {
  async "if-absent"(store) {
    await store.put("a", "first", { ifAbsent: true });
    const error = await store.put("a", "second", { ifAbsent: true }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "ALREADY_EXISTS", cause: expect.any(Error) });
    expect(await content(store, "a")).toBe("first");
    await store.delete("a");
    await store.put("a", "third", { ifAbsent: true });
    expect(await content(store, "a")).toBe("third");
  },

  async "if-version"(store) {
    const first = await store.put("a", "one");
    const second = await store.put("a", "two", { ifVersion: first.version });
    const failed = { code: "PRECONDITION_FAILED", permanent: false };
    await expect(store.put("a", "three", { ifVersion: first.version })).rejects.toMatchObject(failed);
    await expect(store.put("none", "x", { ifVersion: second.version })).rejects.toMatchObject(failed);
    expect(await content(store, "a")).toBe("two");
    expect(await store.exists("none")).toBe(false);
    const { version } = await store.head("a");
    await store.put("a", "four", { ifVersion: version });
    await expect(store.put("a", "x", { ifVersion: "" })).rejects.toMatchObject({ code: "INPUT_INVALID" });
    await expect(store.put("a", "x", { ifVersion: version, ifAbsent: true })).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
  },

  async "large-conditions"(store) {
    const { version } = await store.put("a", large(), { ifAbsent: true });
    await expect(store.put("a", large(), { ifAbsent: true })).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    await store.put("a", "small", { ifVersion: version });
    await expect(store.put("a", large(), { ifVersion: version })).rejects.toMatchObject({
      code: "PRECONDITION_FAILED",
    });
    expect(await content(store, "a")).toBe("small");
  },

  async "create-race"(store) {
    const creators = Array.from({ length: 20 }, (_, index) =>
      store.put("once", `creator ${index}`, { ifAbsent: true }).then(
        (): number => index,
        (error: unknown) => error,
      ),
    );
    const results = await Promise.all(creators);
    const winners = results.filter((result) => typeof result === "number");
    expect(winners).toHaveLength(1);
    for (const loser of results.filter((result) => typeof result !== "number")) {
      expect(loser).toMatchObject({ code: "ALREADY_EXISTS" });
    }
    expect(await content(store, "once")).toBe(`creator ${winners[0]}`);
  },

  async "lost-update"(store) {
    await store.put("count", "0");
    const increment = async (): Promise<WrittenObject> => {
      for (;;) {
        const read = await store.get("count");
        const next = String(Number(await read.text()) + 1);
        try {
          return await store.put("count", next, { ifVersion: read.version });
        } catch (error) {
          expect(error).toMatchObject({ code: "PRECONDITION_FAILED" });
        }
      }
    };
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        for (let count = 0; count < 4; count += 1) await increment();
      }),
    );
    expect(await content(store, "count")).toBe("20");
  },

  async "delete-version"(store) {
    const { version } = await store.put("a", "one");
    const failed = { code: "PRECONDITION_FAILED" };
    await store.put("a", "two");
    await expect(store.delete("a", { ifVersion: version })).rejects.toMatchObject(failed);
    expect(await content(store, "a")).toBe("two");
    await store.delete("a", { ifVersion: (await store.head("a")).version });
    expect(await store.exists("a")).toBe(false);
    await expect(store.delete("a", { ifVersion: /^\d+$/.test(version) ? version : stale })).rejects.toMatchObject(
      failed,
    );
  },
};
