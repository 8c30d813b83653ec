import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { ObjectStore, StoredObject } from "@portico/core";
import type { StoreBinding } from "@portico/services";
import { expect } from "vitest";
import { keysOf } from "./list-checks.js";

/** Keys that nobody may create here, and that events of real buckets have. */
const foreignKeys = [
  "Acme Inc./invoice.pdf",
  "/path/file.parquet",
  "//double",
  "a//b",
  "trailing/",
  "/",
  "a/../b",
  "a/./b",
  "dot.",
  "tab\there",
];

/** Each holds a connection, or a file, for as long as nobody reads it. */
const large = 1_500_000;

async function half(object: StoredObject): Promise<void> {
  const reader = object.body.getReader();
  await reader.read();
  reader.releaseLock();
}

async function inTurn(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await work();
}

function atOnce<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, work));
}

/** What functions do with stores that nobody planned: objects left unread, keys of others, packed content. */
export const useChecks: Readonly<Record<string, (store: ObjectStore, binding: StoreBinding) => Promise<void>>> = {
  async unread(store) {
    const body = randomBytes(large);
    await store.put("small", "content");
    await store.put("large", body);
    await inTurn(60, () => store.get("large"));
    const objects = await atOnce(60, () => store.get("large", { range: { end: 300_000 } }));
    await atOnce(20, () => store.get("small"));
    expect(await store.exists("large")).toBe(true);
    for (const object of objects.slice(0, 25)) {
      expect(body.subarray(0, 300_000).equals(await object.bytes())).toBe(true);
    }
  },

  async "half-read"(store) {
    const body = randomBytes(large);
    await store.put("large", body);
    const first = await store.get("large");
    const reader = first.body.getReader();
    const chunks = [(await reader.read()).value as Uint8Array];
    await inTurn(40, async () => half(await store.get("large")));
    await atOnce(40, async () => half(await store.get("large")));
    expect(await store.exists("large")).toBe(true);
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
    expect(body.equals(Buffer.concat(chunks))).toBe(true);
  },

  async "foreign-keys"(store, binding) {
    const provider = await binding.open();
    const { signal } = new AbortController();
    const writing = { contentType: "text/x-test", contentEncoding: undefined, cacheControl: undefined, metadata: {} };
    for (const key of foreignKeys) {
      const whole = new TextEncoder().encode(key);
      await provider.put(binding.prefix + key, { whole }, { ...writing, condition: undefined, signal });
    }
    for (const key of foreignKeys) {
      expect(await (await store.get(key)).text(), key).toBe(key);
      expect((await store.head(key)).contentType, key).toBe("text/x-test");
      expect(await store.exists(key), key).toBe(true);
      await store.copy(key, "copied");
      expect(await (await store.get("copied")).text(), key).toBe(key);
      const { version } = await store.head(key);
      await store.put(key, "over it", { ifVersion: version, contentType: "text/x-test" });
      expect(await (await store.get(key)).text(), key).toBe("over it");
    }
    expect(new Set(await keysOf(store))).toEqual(new Set([...foreignKeys, "copied"]));
    expect(await keysOf(store, "Acme Inc./")).toEqual(["Acme Inc./invoice.pdf"]);
    await store.delete("Acme Inc./invoice.pdf");
    await store.deleteMany(foreignKeys);
    expect(await keysOf(store)).toEqual(["copied"]);
  },

  async "keys-out"(store) {
    await store.put("inside", "x");
    for (const key of ["..", ".", "../inside", "../../other", "a/../../x", "inside/..", "../../../etc/passwd"]) {
      expect(await store.exists(key), key).toBe(false);
      await expect(store.get(key), key).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(store.copy(key, "copied"), key).rejects.toMatchObject({ code: "NOT_FOUND" });
      await store.delete(key);
      await store.deleteMany([key]);
    }
    expect(await keysOf(store)).toEqual(["inside"]);
  },

  async "delete-many-each"(store) {
    await store.put("a", "x");
    await store.put("b", "x");
    await store.put("kept", "x");
    const bad = ["", "\ud800"];
    const error = await store.deleteMany(["a", ...bad, "b"]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "INPUT_INVALID", details: { failed: bad } });
    expect(await keysOf(store)).toEqual(["kept"]);
  },

  async "content-encoding"(store) {
    const packed = gzipSync("content ".repeat(1000));
    const given = { contentType: "text/plain", contentEncoding: "gzip" };
    await store.put("packed", packed, given);
    await store.copy("packed", "copied");
    for (const key of ["packed", "copied"]) {
      expect((await store.head(key)).contentEncoding).toBe("gzip");
      const read = await store.get(key);
      expect([read.contentEncoding, read.size]).toEqual(["gzip", packed.byteLength]);
      expect(packed.equals(await read.bytes())).toBe(true);
    }
    const part = await store.get("packed", { range: { start: 2, end: 9 } });
    expect(packed.subarray(2, 9).equals(await part.bytes())).toBe(true);
    async function* parts() {
      for (let count = 0; count < 9; count += 1) yield new Uint8Array(1024 * 1024);
    }
    await store.put("parts", parts(), given);
    expect((await store.head("parts")).contentEncoding).toBe("gzip");
    await store.put("packed", "plain");
    expect((await store.get("packed")).contentEncoding).toBeUndefined();
    for (const contentEncoding of ["", "a b", "gzip\r\nx: y", "aws-chunked"]) {
      await expect(store.put("packed", "x", { contentEncoding })).rejects.toMatchObject({ code: "INPUT_INVALID" });
    }
  },
};
