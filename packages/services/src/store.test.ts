import type { HandlerError } from "@portico/core";
import { toChunks } from "@portico/core/adapter";
import { expect, test, vi } from "vitest";
import { compareKeys } from "./key.js";
import { openStore } from "./open-store.js";
import type { Provider, StoreBinding } from "./provider.js";

const facts = {
  size: 3,
  etag: "e",
  version: "v",
  lastModified: new Date(0),
  contentType: "text/plain",
  contentEncoding: undefined,
  cacheControl: undefined,
  metadata: {},
};
const found = (text: string) => ({
  info: { ...facts, size: text.length },
  chunks: toChunks(
    (async function* () {
      yield text;
    })(),
  ),
});

function storeOf(provider: Partial<Provider>, binding: Partial<StoreBinding> = {}) {
  const whole = { silenceMs: 1000, classify: () => undefined, ...provider } as Provider;
  return openStore(
    { provider: "test", bucket: "bucket", prefix: "in/", open: async () => whole, ...binding },
    "uploads",
  );
}

test("an error that nobody knows goes through as it is, and nothing of the provider is in a message", async () => {
  const unknown = new Error("the secret of the provider");
  const store = storeOf({ head: () => Promise.reject(unknown) });
  await expect(store.head("a")).rejects.toBe(unknown);
  const forbidden = storeOf({ head: () => Promise.reject(unknown), classify: () => "FORBIDDEN" });
  const error = await forbidden.head("a").catch((thrown: unknown) => thrown as HandlerError);
  expect(error).toMatchObject({ code: "FORBIDDEN", cause: unknown, permanent: false });
  expect((error as Error).message).not.toMatch(/secret|in\//);
});

test("the prefix stands in front of every key, and is not seen", async () => {
  const head = vi.fn(async () => facts);
  const list = vi.fn(async () => ({
    objects: [{ ...facts, key: "in/a" }],
    prefixes: ["in/b/"],
    next: undefined,
  }));
  const store = storeOf({ head, list });
  expect((await store.head("a")).key).toBe("a");
  expect(head).toHaveBeenCalledWith("in/a", expect.anything());
  for await (const page of store.list({ prefix: "x", delimiter: "/" })) {
    expect([page.objects[0]?.key, page.prefixes]).toEqual(["a", ["b/"]]);
  }
  expect(list).toHaveBeenCalledWith(expect.objectContaining({ prefix: "in/x" }));
  await expect(store.head("x".repeat(1022))).rejects.toMatchObject({ code: "INPUT_INVALID" });
});

test("an event's object is found behind the prefix of the same bucket, and nowhere else", () => {
  const keyOf = storeOf({})["~keyOf"];
  expect(keyOf("bucket", "in/a/b")).toBe("a/b");
  for (const [bucket, key] of [
    ["other", "in/a"],
    ["bucket", "out/a"],
    ["bucket", "in"],
  ] as const) {
    expect(() => keyOf(bucket, key)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  }
  const files = storeOf({}, { bucket: undefined, prefix: "" });
  expect(files["~keyOf"]("any", "in/a")).toBe("in/a");
});

test("deleteMany says which are left", async () => {
  const gone = new Error("busy");
  const store = storeOf({ deleteMany: async () => [{ key: "in/b", error: gone }], classify: () => "UNAVAILABLE" });
  await expect(store.deleteMany(["a", "b"])).rejects.toMatchObject({
    code: "UNAVAILABLE",
    details: { failed: ["b"] },
    cause: gone,
  });
});

test("content is read once: as a whole any number of times, or as a stream", async () => {
  const store = storeOf({ get: async () => found('{"a":1}') });
  const whole = await store.get("a");
  expect([await whole.json(), await whole.text()]).toEqual([{ a: 1 }, '{"a":1}']);
  expect(() => whole.body).toThrow(/already taken/);
  const streamed = await store.get("a");
  await streamed.body.cancel();
  await expect(streamed.text()).rejects.toMatchObject({ code: "INTERNAL" });
});

test("stored JSON that is broken is nobody's request", async () => {
  for (const text of ["{", '{"__proto__":1}', ""]) {
    const read = await storeOf({ get: async () => found(text) }).get("a");
    await expect(read.json()).rejects.toMatchObject({ code: "INTERNAL", permanent: true, status: 500 });
  }
});

test("options that not all providers take are refused before anything is sent", async () => {
  const put = vi.fn();
  const store = storeOf({ put });
  const metadata = [
    { "a-b": "x" },
    { A: "x" },
    { a: "ü" },
    { a: "" },
    { a: " x" },
    { a: "x\ny" },
    { a: "x".repeat(2048) },
  ];
  for (const options of [
    ...metadata.map((one) => ({ metadata: one })),
    { contentType: "text/plain\r\nx: y" },
    { contentType: "" },
    { cacheControl: "ü" },
  ]) {
    await expect(store.put("a", "x", options)).rejects.toMatchObject({ code: "INPUT_INVALID" });
  }
  for (const body of [42, null, undefined, { a: 1 }, [1]]) {
    await expect(store.put("a", body as never)).rejects.toMatchObject({ code: "INPUT_INVALID" });
  }
  async function* numbers() {
    yield 42;
  }
  await expect(store.put("a", numbers() as never)).rejects.toMatchObject({ code: "INPUT_INVALID" });
  expect(put).not.toHaveBeenCalled();
});

test("keys are ordered by their UTF-8 bytes", () => {
  const keys = ["\u{1f600}", "\uffee", "z", "a/b", "a", "é", "a b"];
  const byBytes = keys.toSorted((one, two) => Buffer.from(one).compare(Buffer.from(two)));
  expect(keys.toSorted(compareKeys)).toEqual(byBytes);
});

test("a source is let go of when an upload fails before its parts are asked for", async () => {
  let closed = false;
  async function* long() {
    try {
      for (;;) yield new Uint8Array(9_000_000);
    } finally {
      closed = true;
    }
  }
  const refused = new Error("no such permission");
  await expect(storeOf({ put: () => Promise.reject(refused) }).put("a", long())).rejects.toBe(refused);
  await expect.poll(() => closed).toBe(true);
});

test("a connection that breaks behind the last byte is the end, and nothing comes twice", async () => {
  const get = vi.fn(async () => ({
    info: facts,
    chunks: toChunks(
      (async function* () {
        yield "abc";
        throw new Error("reset");
      })(),
    ),
  }));
  const store = storeOf({ get, classify: () => "UNAVAILABLE" });
  expect(await (await store.get("a")).text()).toBe("abc");
  expect(get).toHaveBeenCalledTimes(1);
});

test("signing heeds the signal, also while it waits for credentials", async () => {
  const controller = new AbortController();
  const store = storeOf({
    signedUrl: () => {
      controller.abort();
      return new Promise(() => undefined);
    },
  });
  const signing = store.signedUrl("a", { method: "GET", expiresInSeconds: 60, signal: controller.signal });
  await expect(signing).rejects.toMatchObject({ code: "CANCELLED" });
});
