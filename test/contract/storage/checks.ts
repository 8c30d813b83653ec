import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { ObjectEntry, ObjectStore } from "@portico/core";
import type { StoreBinding } from "@portico/services";
import { expect } from "vitest";
import { randomBytes } from "../../../packages/core/test/random.js";
import { keysOf, listChecks, pages } from "./list-checks.js";
import { signedChecks } from "./signed-checks.js";
import { useChecks } from "./use-checks.js";
import { writeChecks } from "./write-checks.js";

/** Keys that some server, proxy or SDK gets wrong, each for a reason of its own. */
const oddKeys = [
  "plain.txt",
  "a",
  "a/b",
  "a//b",
  "with space.txt",
  "plus+and%20percent%.txt",
  "100%",
  "a%2Fb",
  "hash#query?x=1&y=2",
  "quote'double\"<tag>&amp;",
  "semi;colon:comma,equals=at@dollar$",
  "brackets[]{}|^`~!*()",
  "ünïcødé/日本語.txt",
  "emoji/😀.png",
  "nfd-e\u0301",
  "nfc-é",
  "UPPER",
  `long/${"x".repeat(900)}`,
  ".hidden/..dots",
];

const readChecks = {
  async "round-trip"(store) {
    const body = new Uint8Array([0, 1, 2, 253, 254, 255]);
    const before = Date.now();
    const given = {
      contentType: "image/x-test",
      metadata: { owner: "ada", order_id: "42" },
    };
    const written = await store.put("dir/a.bin", body, given);
    const read = await store.get("dir/a.bin");
    expect(await read.bytes()).toEqual(body);
    const facts = { key: "dir/a.bin", size: 6, ...given, ...written };
    const { key, size, contentType, metadata, etag, version } = read;
    expect({ key, size, contentType, metadata: { ...metadata }, etag, version }).toEqual(facts);
    const info = await store.head("dir/a.bin");
    expect(info).toMatchObject({ ...facts, metadata: { owner: "ada", order_id: "42" } });
    expect(Math.abs(info.lastModified.getTime() - before)).toBeLessThan(10_000);
    expect(Object.getPrototypeOf(info.metadata)).toBeNull();
    expect(written.etag).not.toContain('"');

    const again = await store.put("dir/a.bin", '{"now":"json"}');
    expect(again.version).not.toBe(written.version);
    const second = await store.get("dir/a.bin");
    expect(await second.json()).toEqual({ now: "json" });
    expect(await second.text()).toBe('{"now":"json"}');
    expect(second).toMatchObject({ contentType: "application/octet-stream" });
    expect({ ...second.metadata }).toEqual({});
    const entries = (await pages(store.list({ prefix: "dir/" }))).flatMap(({ objects }) => objects);
    const { etag: listedTag, version: listedVersion } = entries[0] as ObjectEntry;
    expect({ etag: listedTag, version: listedVersion }).toEqual(again);
  },

  async "cache-control"(store) {
    await store.put("a", "x", { cacheControl: "max-age=60" });
    await store.copy("a", "b");
    for (const key of ["a", "b"]) expect((await store.head(key)).cacheControl).toBe("max-age=60");
    await store.put("a", "x");
    expect((await store.get("a")).cacheControl).toBeUndefined();
  },

  async bodies(store) {
    const text = "grüße 😀".repeat(1000);
    const chunks = [text.slice(0, 10), new TextEncoder().encode(text.slice(10))];
    async function* generated() {
      yield* chunks;
    }
    const bodies = {
      text,
      bytes: new TextEncoder().encode(text),
      generator: generated(),
      node: Readable.from(chunks),
      web: new ReadableStream<string | Uint8Array>({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk);
          controller.close();
        },
      }),
    };
    for (const [name, body] of Object.entries(bodies)) {
      await store.put(name, body);
      expect(await (await store.get(name)).text(), name).toBe(text);
    }
    for (const [name, body] of Object.entries({ text: "", bytes: new Uint8Array(0), stream: Readable.from([]) })) {
      await store.put(`empty-${name}`, body);
      const read = await store.get(`empty-${name}`);
      expect([read.size, await read.bytes()]).toEqual([0, new Uint8Array(0)]);
    }
  },

  async large(store) {
    const block = randomBytes(1024 * 1024 + 7);
    const sent = createHash("sha256");
    async function* blocks() {
      for (let count = 0; count < 18; count += 1) {
        sent.update(block);
        yield block;
      }
    }
    await store.put("large.bin", blocks(), { contentType: "video/x-test", metadata: { parts: "many" } });
    const read = await store.get("large.bin");
    expect(read).toMatchObject({
      size: 18 * block.byteLength,
      contentType: "video/x-test",
      metadata: { parts: "many" },
    });
    const received = createHash("sha256");
    for await (const chunk of read.body) received.update(chunk);
    expect(received.digest("hex")).toBe(sent.digest("hex"));
    await store.put("whole.bin", Buffer.concat(Array(9).fill(block)));
    expect((await store.head("whole.bin")).size).toBe(9 * block.byteLength);
  },

  async keys(store) {
    for (const key of oddKeys) await store.put(key, key);
    for (const key of oddKeys) expect(await (await store.get(key)).text(), key).toBe(key);
    expect(new Set(await keysOf(store))).toEqual(new Set(oddKeys));
    for (const key of oddKeys) {
      await store.copy(key, `copy of ${key}`.slice(0, 900));
      await store.delete(key);
      expect(await store.exists(key), key).toBe(false);
    }
  },

  async "bad-keys"(store) {
    await store.put("kept", "x");
    const bad = ["/a", "a/../b", "..", "./a", "a/.", "a\u0000b", "a\nb", "a\u007f", "a\\b", "dot.", "é".repeat(513)];
    const impossible = ["", "\ud800", "x".repeat(1025), 42 as unknown as string];
    for (const key of [...bad, ...impossible]) {
      const refused = { code: "INPUT_INVALID" };
      await expect(store.put(key, "x"), JSON.stringify(key)).rejects.toMatchObject(refused);
      await expect(store.copy("kept", key), JSON.stringify(key)).rejects.toMatchObject(refused);
    }
    for (const key of impossible) {
      await expect(store.get(key)).rejects.toMatchObject({ code: "INPUT_INVALID" });
      await expect(store.delete(key)).rejects.toMatchObject({ code: "INPUT_INVALID" });
    }
    await store.delete("kept");
    expect(await keysOf(store)).toEqual([]);
  },

  async missing(store) {
    for (const read of [() => store.get("no"), () => store.head("no"), () => store.copy("no", "other")]) {
      const error = await read().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "NOT_FOUND", message: expect.stringContaining('"no"'), permanent: true });
      expect((error as Error).cause).toBeInstanceOf(Error);
    }
    expect(await store.exists("no")).toBe(false);
    await store.delete("no");
    await store.deleteMany(["no", "neither"]);
    await store.deleteMany([]);
  },

  async range(store) {
    await store.put("digits", "0123456789");
    const read = async (start?: number, end?: number) => {
      const object = await store.get("digits", { range: { start, end } });
      expect(object.size).toBe(10);
      return object.text();
    };
    expect([await read(2, 5), await read(8), await read(undefined, 3), await read(7, 99), await read(0)]).toEqual([
      "234",
      "89",
      "012",
      "789",
      "0123456789",
    ]);
    await expect(store.get("digits", { range: { start: 10 } })).rejects.toMatchObject({ code: "INPUT_INVALID" });
    for (const range of [{ start: -1 }, { start: 3, end: 3 }, { start: Number.NaN }, { end: 1.5 }]) {
      await expect(store.get("digits", { range })).rejects.toMatchObject({ code: "INPUT_INVALID" });
    }
    await store.put("empty", "");
    expect(await (await store.get("empty", { range: { end: 5 } })).text()).toBe("");
  },

  async "read-conditions"(store) {
    const { etag } = await store.put("a", "one");
    expect(await (await store.get("a", { ifMatch: etag })).text()).toBe("one");
    expect(await (await store.get("a", { ifNoneMatch: "0123456789abcdef" })).text()).toBe("one");
    await expect(store.get("a", { ifNoneMatch: etag })).rejects.toMatchObject({ code: "PRECONDITION_FAILED" });
    await store.put("a", "two");
    await expect(store.get("a", { ifMatch: etag })).rejects.toMatchObject({ code: "PRECONDITION_FAILED" });
    expect(await (await store.get("a", { ifNoneMatch: etag })).text()).toBe("two");
  },

  async copy(store) {
    const given = { contentType: "text/x-test", metadata: { a: "1" } };
    await store.put("from ä+%.txt", "content", given);
    const written = await store.copy("from ä+%.txt", "to/b");
    const copied = await store.get("to/b");
    expect(copied).toMatchObject({ ...given, size: 7, ...written });
    expect(await copied.text()).toBe("content");
    await store.put("to/b", "other");
    await store.copy("from ä+%.txt", "to/b");
    expect(await (await store.get("to/b")).text()).toBe("content");
  },

  async "overwritten-read"(store) {
    const old = randomBytes(3 * 1024 * 1024);
    await store.put("a", old);
    const read = await store.get("a");
    const reader = read.body.getReader();
    const first = await reader.read();
    await store.put("a", randomBytes(1024));
    const chunks = [first.value as Uint8Array];
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
    expect(Buffer.concat(chunks).equals(old)).toBe(true);
  },

  async aborted(store) {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    await store.put("there", "x");
    const operations = [
      () => store.get("there", { signal }),
      () => store.head("there", { signal }),
      () => store.exists("there", { signal }),
      () => store.put("new", "x", { signal }),
      () => store.copy("there", "new", { signal }),
      () => store.delete("there", { signal }),
      () => store.deleteMany(["there"], { signal }),
      () => pages(store.list({ signal })),
    ];
    for (const operation of operations) {
      await expect(operation()).rejects.toMatchObject({ code: "CANCELLED", cause: reason });
    }
    const controller = new AbortController();
    async function* stuck() {
      yield "begun";
      controller.abort(reason);
      await new Promise(() => undefined);
    }
    await expect(store.put("new", stuck(), { signal: controller.signal })).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await keysOf(store)).toEqual(["there"]);
  },
} satisfies Record<string, (store: ObjectStore) => Promise<void>>;

/** What holds a store to a row; with its binding, where another has to write what the store itself would not. */
export type Check = (store: ObjectStore, binding: StoreBinding) => Promise<void>;

/** Every check, by the id of its row. */
export const checks: Readonly<Record<string, Check>> = {
  ...readChecks,
  ...listChecks,
  ...writeChecks,
  ...signedChecks,
  ...useChecks,
};
