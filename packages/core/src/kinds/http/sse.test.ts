import { expect, test } from "vitest";
import * as reply from "./reply.js";
import { formatEvent, type ServerSentEvent, toEventStream } from "./sse.js";

async function text(stream: AsyncIterable<string>): Promise<string> {
  let all = "";
  for await (const chunk of stream) all += chunk;
  return all;
}

test.each<[ServerSentEvent, string]>([
  [{ data: "x" }, "data: x\n\n"],
  [{ data: { a: 1 } }, 'data: {"a":1}\n\n'],
  [{ data: "a\nb\r\nc\rd" }, "data: a\ndata: b\ndata: c\ndata: d\n\n"],
  [{ event: "paid", id: "7", retry: 1500.9, data: "" }, "event: paid\nid: 7\nretry: 1500\ndata: \n\n"],
  [{ comment: "still\nhere" }, ": still\n: here\n\n"],
])("%j is written as the standard asks", (event, expected) => {
  expect(formatEvent(event)).toBe(expected);
});

test.each([{ event: "a\nb" }, { id: "a\rb" }, { id: "a\0" }])("%j cannot start another field", (event) => {
  expect(() => formatEvent(event)).toThrow(expect.objectContaining({ code: "REPLY_INVALID" }));
});

test("a reply of events has the content type and is not cached", () => {
  async function* none(): AsyncGenerator<ServerSentEvent> {}
  expect(reply.sse(none(), { headers: { "x-a": "1" } }).headers).toEqual({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    "x-a": "1",
  });
});

test("a quiet source is kept alive with comments, and no event is lost", async () => {
  async function* slow(): AsyncGenerator<ServerSentEvent> {
    yield { data: "1" };
    await new Promise((resolve) => setTimeout(resolve, 60));
    yield { data: "2" };
  }
  const all = await text(toEventStream(slow(), { keepAliveMs: 20 }));
  expect(all).toMatch(/^data: 1\n\n(: keep-alive\n\n)+data: 2\n\n$/);
});

test("a reader that leaves ends the source, with and without keep-alive", async () => {
  for (const options of [{}, { keepAliveMs: 1000 }]) {
    let ended = false;
    async function* endless(): AsyncGenerator<ServerSentEvent> {
      try {
        for (;;) yield { data: "x" };
      } finally {
        ended = true;
      }
    }
    for await (const _ of toEventStream(endless(), options)) break;
    expect(ended).toBe(true);
  }
});
