import { PassThrough, Readable } from "node:stream";
import { expect, test } from "vitest";
import { toChunks } from "./chunks.js";

async function read(body: Parameters<typeof toChunks>[0]): Promise<string> {
  let all = "";
  for await (const chunk of toChunks(body)) all += new TextDecoder().decode(chunk);
  return all;
}

async function* parts() {
  yield "ü";
  yield new TextEncoder().encode("b");
}

test("generators, web streams and Node streams are read alike", async () => {
  expect(await read(parts())).toBe("üb");
  expect(await read(new Response("üb").body as ReadableStream<Uint8Array>)).toBe("üb");
  expect(await read(Readable.from(["ü", Buffer.from("b")]))).toBe("üb");
});

test("leaving the loop early closes each kind of source", async () => {
  const closed: string[] = [];
  async function* generator() {
    try {
      for (;;) yield "a";
    } finally {
      closed.push("generator");
    }
  }
  const web = new ReadableStream<string>({
    pull: (controller) => controller.enqueue("a"),
    cancel: () => void closed.push("web"),
  });
  const node = Readable.from(["a", "b"]);
  node.on("close", () => closed.push("node"));
  for (const source of [generator(), web, node]) for await (const _ of toChunks(source)) break;
  await new Promise(setImmediate);
  expect(closed).toEqual(["generator", "web", "node"]);
});

test("a source that never sends is closed at once, and who waits for it is let go", async () => {
  let cancelled = false;
  const web = new ReadableStream<string>({
    cancel() {
      cancelled = true;
    },
  });
  const node = new PassThrough();
  for (const source of [web, node]) {
    const chunks = toChunks(source);
    const next = chunks.next();
    next.catch(() => undefined);
    expect(await chunks.return()).toMatchObject({ done: true });
    await next.catch(() => undefined);
    expect(await chunks.next()).toMatchObject({ done: true });
  }
  expect(cancelled).toBe(true);
  expect(node.destroyed).toBe(true);
});

test("a generator that waits is closed when what it waits for has come, and nobody waits for that", async () => {
  let closed = false;
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  async function* slow() {
    try {
      await gate;
      yield "late";
    } finally {
      closed = true;
    }
  }
  const chunks = toChunks(slow());
  const next = chunks.next();
  await chunks.return();
  expect(closed).toBe(false);
  release();
  expect(await next).toMatchObject({ done: true });
  await new Promise(setImmediate);
  expect(closed).toBe(true);
});

test("a source that fails ends with its error, and then is over", async () => {
  async function* failing() {
    yield "a";
    throw new Error("x");
  }
  const chunks = toChunks(failing());
  await chunks.next();
  await expect(chunks.next()).rejects.toThrow("x");
  expect(await chunks.next()).toMatchObject({ done: true });
});

test("a chunk that is neither text nor bytes is refused", async () => {
  async function* wrong() {
    yield { a: 1 } as unknown as string;
  }
  await expect(read(wrong())).rejects.toMatchObject({ code: "REPLY_INVALID" });
});

test("a character that two chunks of text share stays whole, however it is read", async () => {
  const source = async function* () {
    yield "a\ud83d";
    yield "";
    yield "\ude00b\ud83d";
    yield new Uint8Array([99]);
    yield "\ud83d";
  };
  const text = "a😀b\ufffdc\ufffd";
  const read: Uint8Array[] = [];
  for await (const chunk of toChunks(source())) read.push(chunk);
  expect(Buffer.concat(read).toString()).toBe(text);
  expect(Buffer.concat((await toChunks(source()).collect(100)) ?? []).toString()).toBe(text);
});
