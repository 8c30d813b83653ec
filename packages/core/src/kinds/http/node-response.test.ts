import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { chunks } from "../../../test/source.js";
import type { HttpReply } from "./http-reply.js";
import { type BeforeEnd, type NodeStyleResponse, sendReply } from "./node-response.js";

class FakeResponse extends EventEmitter implements NodeStyleResponse {
  destroyed = false;
  readonly calls: unknown[][] = [];
  keepsUp = true;

  writeHead(...args: unknown[]): void {
    this.calls.push(["head", ...args]);
  }
  flushHeaders(): void {
    this.calls.push(["flush"]);
  }
  write(chunk: string | Uint8Array): boolean {
    this.calls.push(["write", String(chunk)]);
    return this.keepsUp;
  }
  end(...args: unknown[]): void {
    this.calls.push(["end", ...args]);
  }
  destroy(): void {
    this.destroyed = true;
    this.calls.push(["destroy"]);
    this.emit("close");
  }
}

const send = async (
  reply: Partial<HttpReply>,
  { method = "GET", beforeEnd = undefined as BeforeEnd | undefined } = {},
) => {
  const response = new FakeResponse();
  await sendReply(response, method, { status: 200, headers: {}, body: null, ...reply }, beforeEnd);
  return response.calls;
};

test("a body in one piece goes with its length, in bytes", async () => {
  expect(await send({ body: "ü", headers: { "x-a": ["1", "2"] } })).toEqual([
    ["head", 200, { "x-a": ["1", "2"], "content-length": 2 }],
    ["end", "ü"],
  ]);
  expect(await send({ body: new Uint8Array(3) })).toEqual([
    ["head", 200, { "content-length": 3 }],
    ["end", new Uint8Array(3)],
  ]);
});

test("no body has the length 0, or none where HTTP allows no length", async () => {
  expect(await send({})).toEqual([["head", 200, { "content-length": 0 }], ["end"]]);
  for (const status of [204, 304]) expect(await send({ status })).toEqual([["head", status, {}], ["end"]]);
  const head = await send({ headers: { "content-length": "7" } }, { method: "HEAD" });
  expect(head).toEqual([["head", 200, { "content-length": "7" }], ["end"]]);
});

test("what is to be done before the end is done when all the rest has been sent", async () => {
  const order: unknown[] = [];
  const response = new FakeResponse();
  const beforeEnd = async () => void order.push(...response.calls.map(([name]) => name));
  await sendReply(response, "GET", { status: 200, headers: {}, body: "a" }, beforeEnd);
  expect(order).toEqual(["head", "write"]);
  expect(response.calls.at(-1)).toEqual(["end"]);
});

test("chunks are sent as they come, after the head, and empty ones are left out", async () => {
  expect(await send({ body: chunks("a", "", "b") })).toEqual([
    ["head", 200, {}],
    ["flush"],
    ["write", "97"],
    ["write", "98"],
    ["end"],
  ]);
});

test("a stream is as long as its content-length says: not a byte more is written, and one less is no end", async () => {
  const streamed = async (...texts: string[]) => {
    const response = new FakeResponse();
    const headers = { "content-length": "2" };
    const error = await sendReply(response, "GET", { status: 200, headers, body: chunks(...texts) })?.catch(
      (one) => one,
    );
    return [error?.code, ...response.calls.flatMap(([name, sent]) => (name === "write" ? [sent] : []))];
  };
  expect(await streamed("a", "b")).toEqual([undefined, "97", "98"]);
  expect(await streamed("a", "b", "c")).toEqual(["REPLY_INVALID", "97", "98"]);
  expect(await streamed("a")).toEqual(["REPLY_INVALID", "97"]);
});

test("a client that does not keep up is waited for", async () => {
  const response = new FakeResponse();
  response.keepsUp = false;
  const sent = sendReply(response, "GET", { status: 200, headers: {}, body: chunks("a", "b") });
  const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
  await pause();
  expect(response.calls.filter(([name]) => name === "write")).toHaveLength(1);
  response.emit("drain");
  await pause();
  expect(response.calls.filter(([name]) => name === "write")).toHaveLength(2);
  response.emit("drain");
  await sent;
  expect(response.listenerCount("close") + response.listenerCount("drain")).toBe(0);
});

test("a client that does not keep up and leaves is not waited for", async () => {
  const response = new FakeResponse();
  response.keepsUp = false;
  const sent = sendReply(response, "GET", { status: 200, headers: {}, body: chunks("a", "b") });
  await new Promise((resolve) => setTimeout(resolve, 5));
  response.emit("close");
  await sent;
  expect(response.calls.map(([name]) => name)).toEqual(["head", "flush", "write"]);
});

test("a source that fails, or gives what is no chunk, cuts the connection and rejects", async () => {
  async function* wrong() {
    yield "a";
    yield 5 as never;
  }
  const response = new FakeResponse();
  const sent = sendReply(response, "GET", { status: 200, headers: {}, body: wrong() });
  await expect(sent).rejects.toMatchObject({ code: "REPLY_INVALID" });
  expect(response.calls.at(-1)).toEqual(["destroy"]);
});

test("a reply that nobody waits for any more lets go of its source", async () => {
  let cancelled = false;
  const body = new ReadableStream<string>({
    cancel() {
      cancelled = true;
    },
  });
  const response = new FakeResponse();
  response.destroyed = true;
  await sendReply(response, "GET", { status: 200, headers: {}, body });
  expect(cancelled).toBe(true);
  expect(response.calls).toEqual([]);
});

test("a stream of Node's that is waiting is destroyed when the client leaves", async () => {
  const { PassThrough } = await import("node:stream");
  const body = new PassThrough();
  const response = new FakeResponse();
  const sent = sendReply(response, "GET", { status: 200, headers: {}, body });
  await new Promise((resolve) => setTimeout(resolve, 5));
  response.emit("close");
  await sent;
  expect(body.destroyed).toBe(true);
});

test("a source that fails to let go when the client leaves ends nothing else", async () => {
  const response = new FakeResponse();
  const body: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => undefined),
      return() {
        throw new Error("not now");
      },
    }),
  };
  const sent = sendReply(response, "GET", { status: 200, headers: {}, body });
  expect(() => response.destroy()).not.toThrow();
  await sent;
});

test("a source that fails before its first chunk is answered, and one that fails later is cut", async () => {
  const response = new FakeResponse();
  const failing = async function* (...before: string[]) {
    yield* before;
    throw new Error("no");
  };
  const fail = (error: unknown) => ({ status: 500, headers: {}, body: String(error) });
  await sendReply(response, "GET", { status: 200, headers: { "x-a": "1" }, body: failing() }, undefined, fail);
  expect(response.calls).toEqual([
    ["head", 500, { "content-length": 9 }],
    ["end", "Error: no"],
  ]);
  const later = new FakeResponse();
  const sending = sendReply(later, "GET", { status: 200, headers: {}, body: failing("a") }, undefined, fail);
  await expect(sending).rejects.toThrow("no");
  expect(later.calls.map(([name]) => name)).toEqual(["head", "flush", "write", "destroy"]);
});

test("the head of an event stream does not wait for its first event", async () => {
  const response = new FakeResponse();
  let begin = () => {};
  const events = async function* () {
    await new Promise<void>((resolve) => {
      begin = resolve;
    });
    yield "data: 1\n\n";
  };
  const headers = { "content-type": "text/event-stream; charset=utf-8" };
  const sent = sendReply(response, "GET", { status: 200, headers, body: events() });
  await expect.poll(() => response.calls.map(([name]) => name)).toEqual(["head", "flush"]);
  begin();
  await sent;
  expect(response.calls.map(([name]) => name)).toEqual(["head", "flush", "write", "end"]);
});
