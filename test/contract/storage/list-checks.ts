import type { ObjectPage, ObjectStore } from "@portico/core";
import { expect } from "vitest";

/** All pages of a list. */
export async function pages(list: AsyncIterable<ObjectPage>): Promise<ObjectPage[]> {
  const all: ObjectPage[] = [];
  for await (const page of list) all.push(page);
  return all;
}

/** All keys behind a prefix, in the list's order. */
export async function keysOf(store: ObjectStore, prefix = ""): Promise<string[]> {
  return (await pages(store.list({ prefix }))).flatMap(({ objects }) => objects.map(({ key }) => key));
}

/** Lists, and what is done with them. */
export const listChecks: Readonly<Record<string, (store: ObjectStore) => Promise<void>>> = {
  async "delete-many"(store) {
    const keys = Array.from({ length: 30 }, (_, index) => `many/${index} &+%.txt`);
    await Promise.all(keys.map((key) => store.put(key, "x")));
    await store.put("kept", "x");
    await store.deleteMany([...keys, "never there", keys[0] as string]);
    expect(await keysOf(store)).toEqual(["kept"]);
  },

  async list(store) {
    const keys = ["a.txt", "b/1", "b/2", "b/c/3", "d.txt", "e/4"];
    for (const key of keys) await store.put(key, key);
    expect(await keysOf(store)).toEqual(keys);
    expect(await keysOf(store, "b/")).toEqual(["b/1", "b/2", "b/c/3"]);
    expect(await keysOf(store, "b/c")).toEqual(["b/c/3"]);
    expect(await keysOf(store, "none")).toEqual([]);
    const rolled = async (prefix: string) => {
      const all = await pages(store.list({ prefix, delimiter: "/" }));
      return {
        objects: all.flatMap(({ objects }) => objects.map(({ key }) => key)),
        prefixes: all.flatMap(({ prefixes }) => prefixes),
      };
    };
    expect(await rolled("")).toEqual({ objects: ["a.txt", "d.txt"], prefixes: ["b/", "e/"] });
    expect(await rolled("b/")).toEqual({ objects: ["b/1", "b/2"], prefixes: ["b/c/"] });
    const [page] = await pages(store.list({ prefix: "a" }));
    expect(page?.objects[0]).toMatchObject({ key: "a.txt", size: 5, lastModified: expect.any(Date) });
  },

  async "list-pages"(store) {
    const keys = Array.from({ length: 7 }, (_, index) => `p/${index}`);
    await Promise.all([...keys, "q/0", "q/1"].map((key) => store.put(key, "x")));
    const all = await pages(store.list({ prefix: "p/", limit: 3 }));
    expect(all.map(({ objects }) => objects.length)).toEqual([3, 3, 1]);
    expect(all.flatMap(({ objects }) => objects.map(({ key }) => key))).toEqual(keys);
    // Another invocation goes on where this one has stopped.
    const after = all[0]?.next as string;
    const rest = await pages(store.list({ prefix: "p/", limit: 1000, after }));
    expect(rest.flatMap(({ objects }) => objects.map(({ key }) => key))).toEqual(keys.slice(3));
    const rolled = await pages(store.list({ delimiter: "/", limit: 1 }));
    expect(rolled.flatMap(({ prefixes }) => prefixes)).toEqual(["p/", "q/"]);
    for (const limit of [0, 1001, 1.5, Number.NaN]) {
      await expect(pages(store.list({ limit }))).rejects.toMatchObject({ code: "INPUT_INVALID" });
    }
  },
};
