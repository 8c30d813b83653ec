import { EventEmitter } from "node:events";
import { Writable } from "node:stream";
import { type Context, type HttpReply, http as portable, reply } from "@portico/core";
import { describe, expect, test } from "vitest";
import { alb, functionUrl, lambdaContext, lattice, logged, payloadV2, rest } from "../../test/events.js";
import { http } from "../http.js";
import type { HttpEvent } from "./event.js";
import type { ResponseStream } from "./stream.js";

/** The runtime's response stream, as far as the adapter sees it; it takes `room` writes before it asks to wait. */
class Recorder extends EventEmitter implements ResponseStream {
  readonly chunks: Buffer[] = [];
  type: string | undefined;
  ended = false;
  room = Number.POSITIVE_INFINITY;

  setContentType(type: string): void {
    if (this.chunks.length > 0) throw new Error("Cannot set content-type, too late.");
    this.type = type;
  }

  write(chunk: string | Uint8Array): boolean {
    if (this.ended) throw new Error("write after end");
    this.chunks.push(Buffer.from(chunk as Uint8Array));
    return this.chunks.length < this.room;
  }

  end(): void {
    if (this.ended) throw new Error("ended twice");
    this.ended = true;
  }

  get content(): { prelude: unknown; body: string } {
    const all = Buffer.concat(this.chunks);
    const end = all.indexOf(Buffer.alloc(8));
    return { prelude: JSON.parse(all.toString("utf8", 0, end)), body: all.toString("utf8", end + 8) };
  }
}

type Handler = (context: Context) => HttpReply | Promise<HttpReply>;

function run(handler: Handler, event: HttpEvent = functionUrl(), remainingMs = 3000) {
  const stream = new Recorder();
  const fn = portable.any("/*path").handle((_request, context) => handler(context));
  const done = http(fn, { stream: true })(
    event,
    stream,
    lambdaContext({ getRemainingTimeInMillis: () => remainingMs }),
  );
  return { stream, done };
}

async function* parts(...all: (string | Uint8Array)[]) {
  for (const part of all) {
    yield part;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("the handler is marked as streaming without any global of the runtime, and has three parameters", () => {
  expect("awslambda" in globalThis).toBe(false);
  const handler = http(
    portable.get("/").handle(() => reply.text("x")),
    { stream: true },
  );
  expect((handler as unknown as Record<symbol, string>)[Symbol.for("aws.lambda.runtime.handler.streaming")]).toBe(
    "response",
  );
  expect(handler).toHaveLength(3);
});

test("function URL: a prelude with cookies, eight NUL bytes, then the chunks", async () => {
  const { stream, done } = run(() =>
    reply.stream(parts("a", new Uint8Array([0xc3]), new Uint8Array([0xbc])), {
      status: 201,
      cookies: { a: "1", b: "2" },
      headers: { "x-list": ["c", "d"] },
    }),
  );
  expect(await done).toBeUndefined();
  expect(stream.type).toBe("application/vnd.awslambda.http-integration-response");
  expect(stream.content).toEqual({
    prelude: {
      statusCode: 201,
      headers: { "content-type": "application/octet-stream", "x-list": "c, d" },
      cookies: ["a=1", "b=2"],
    },
    body: "aü",
  });
  expect(stream.chunks).toHaveLength(4);
  expect(stream.ended).toBe(true);
});

test("REST API: a prelude with multiValueHeaders and no cookies", async () => {
  const { stream, done } = run(() => reply.stream(parts("a"), { cookies: { a: "1", b: "2" } }), rest());
  await done;
  expect(stream.content.prelude).toEqual({
    statusCode: 200,
    headers: { "content-type": "application/octet-stream" },
    multiValueHeaders: { "set-cookie": ["a=1", "b=2"] },
  });
});

test.each<[what: string, response: () => HttpReply, status: number, body: string]>([
  ["no body", () => reply.empty(), 204, ""],
  ["an empty string", () => reply.text(""), 200, ""],
  ["text", () => reply.text("grüße"), 200, "grüße"],
  ["bytes, not as base64", () => reply.bytes(new TextEncoder().encode("ü")), 200, "ü"],
  ["a stream without chunks", () => reply.stream(parts()), 200, ""],
  ["a web stream", () => reply.stream(new Blob(["web"]).stream() as ReadableStream<Uint8Array>), 200, "web"],
])("%s is streamed behind a prelude, and the stream is ended", async (_what, response, statusCode, body) => {
  const { stream, done } = run(response);
  await done;
  expect(stream.content).toMatchObject({ prelude: { statusCode }, body });
  expect(stream.ended).toBe(true);
});

test.each<[string, Handler, number]>([
  ["throws", () => Promise.reject(new Error("a secret reason")), 500],
  ["returns nothing", () => undefined as never, 500],
  ["never settles", () => new Promise(() => undefined), 504],
])("a handler that %s gives an error prelude", async (_what, handler, statusCode) => {
  let stream: Recorder | undefined;
  const log = await logged(async () => {
    const started = run(handler, functionUrl(), 200);
    stream = started.stream;
    await started.done;
  });
  expect(stream?.content).toMatchObject({
    prelude: { statusCode, headers: { "content-type": "application/problem+json" } },
  });
  expect(stream?.content.body).not.toContain("secret");
  expect(stream?.ended).toBe(true);
  expect(log).toMatchObject([{ level: "ERROR" }]);
});

test("an event of another kind is refused before anything is written", async () => {
  const { stream, done } = run(() => reply.text("x"), { Records: [{ eventSource: "aws:sqs" }] } as never);
  await expect(done).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  expect(stream.chunks).toEqual([]);
});

test("a stream that fails midway breaks the reply off, so that it cannot be taken for a whole one", async () => {
  let started: ReturnType<typeof run> | undefined;
  const log = await logged(async () => {
    started = run(() =>
      reply.stream(
        (async function* () {
          yield "start";
          throw new RangeError("midway");
        })(),
      ),
    );
    await expect(started.done).rejects.toThrow(RangeError);
  });
  expect(started?.stream.content.body).toBe("start");
  expect(started?.stream.ended).toBe(false);
  expect(log).toMatchObject([
    { level: "ERROR", message: "the stream failed", errorType: "RangeError", errorMessage: "midway" },
  ]);
});

test("a chunk that is neither text nor bytes breaks the reply off", async () => {
  await logged(async () => {
    const { done } = run(() => reply.stream(parts("a", { b: 1 } as never)));
    await expect(done).rejects.toMatchObject({ code: "REPLY_INVALID" });
  });
});

test("no chunk is taken from the source before the one before it has drained", async () => {
  let taken = 0;
  async function* source() {
    while (taken < 100) {
      taken += 1;
      yield `${taken} `;
    }
  }
  const { stream, done } = run(() => reply.stream(source()));
  stream.room = 3; // The prelude, and two chunks.
  await expect.poll(() => stream.chunks.length).toBe(3);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(taken).toBe(2);
  stream.room = Number.POSITIVE_INFINITY;
  stream.emit("drain");
  await done;
  expect(taken).toBe(100);
});

test.each(["close", "error"])(
  "when the client leaves (%s), the signal aborts and the source is let go",
  async (event) => {
    let signal: AbortSignal | undefined;
    let ended = false;
    const log = await logged(async () => {
      const { stream, done } = run((context) => {
        signal = context.signal;
        return reply.stream(
          (async function* () {
            try {
              for (;;) yield* parts("tick");
            } finally {
              ended = true;
            }
          })(),
        );
      });
      await expect.poll(() => stream.chunks.length).toBeGreaterThan(2);
      stream.emit(event, new Error("gone"));
      stream.emit("close");
      await done;
    });
    expect(signal?.reason).toMatchObject({ code: "CANCELLED" });
    await expect.poll(() => ended).toBe(true);
    expect(log).toMatchObject([{ level: "INFO", message: expect.stringContaining("left") }]);
  },
);

test("when the client leaves while the stream waits to drain, the invocation ends too", async () => {
  await logged(async () => {
    const { stream, done } = run(() => reply.stream(parts("a", "b", "c")));
    stream.room = 2;
    await expect.poll(() => stream.chunks.length).toBe(2);
    stream.emit("close");
    await done;
  });
});

describe("before Lambda ends the invocation", () => {
  const endless = async function* () {
    for (let n = 0; ; n += 1) {
      yield { data: n };
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  test("an event stream is ended as if it were over, since its client comes back", async () => {
    let signal: AbortSignal | undefined;
    const start = Date.now();
    await logged(async () => {
      const { stream, done } = run(
        (context) => {
          signal = context.signal;
          return reply.sse(endless());
        },
        functionUrl(),
        1200,
      );
      await done;
      expect(stream.ended).toBe(true);
      expect(stream.content.body).toMatch(/^data: 0\n\ndata: 1\n\n/);
    });
    expect(Date.now() - start).toBeLessThan(3000);
    expect(signal?.reason).toMatchObject({ code: "TIMEOUT" });
  });

  test("any other stream is broken off, since what was sent is not all of it", async () => {
    const log = await logged(async () => {
      const { stream, done } = run(
        () => reply.stream(new ReadableStream<string>({ start: (controller) => controller.enqueue("half") })),
        functionUrl(),
        300,
      );
      await expect(done).rejects.toMatchObject({ code: "TIMEOUT" });
      expect(stream.ended).toBe(false);
    });
    expect(log).toMatchObject([{ level: "ERROR", message: expect.stringContaining("deadline") }]);
  });
});

test("work that a stream passes to waitUntil is settled before the invocation ends", async () => {
  let done = false;
  const started = run((context) =>
    reply.stream(
      (async function* () {
        yield "x";
        context.waitUntil(
          new Promise<void>((resolve) => setTimeout(resolve, 20)).then(() => {
            done = true;
          }),
        );
      })(),
    ),
  );
  await started.done;
  expect([started.stream.ended, done]).toEqual([true, true]);
});

test.each<[string, HttpEvent]>([
  ["HTTP API 2.0", payloadV2()],
  ["HTTP API 1.0", rest({ version: "1.0" })],
  ["ALB", alb()],
  ["VPC Lattice", lattice()],
])("%s cannot stream: the buffered result is the content of the stream", async (_name, event) => {
  const { stream, done } = run(
    () => reply.stream(parts("a", "b"), { headers: { "content-type": "text/plain" } }),
    event,
  );
  await done;
  expect(stream.type).toBe("application/json");
  expect(JSON.parse(Buffer.concat(stream.chunks).toString())).toMatchObject({
    statusCode: 200,
    body: "ab",
    isBase64Encoded: false,
  });
  expect(stream.ended).toBe(true);
});

test("headers over what Lambda reads of a prelude are a 500 with the reason in the log", async () => {
  let stream: Recorder | undefined;
  const log = await logged(async () => {
    const started = run(() => reply.stream(parts("a"), { headers: { "x-long": "v".repeat(20_000) } }));
    stream = started.stream;
    await started.done;
  });
  expect(stream?.content).toMatchObject({ prelude: { statusCode: 500 }, body: expect.stringContaining("INTERNAL") });
  expect(log).toMatchObject([{ level: "ERROR", errorMessage: expect.stringContaining("headers") }]);
});

test("a plain Writable takes the place of the runtime's stream in a test", async () => {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    highWaterMark: 4,
    write(chunk: Buffer, _encoding, callback) {
      chunks.push(chunk);
      setTimeout(callback, 1);
    },
  });
  const fn = portable.get("/").handle(() => reply.stream(parts("one ", "two ", "three")));
  await http(fn, { stream: true })(functionUrl(), stream, lambdaContext());
  await new Promise((resolve) => stream.on("finish", resolve));
  expect(Buffer.concat(chunks).toString()).toMatch(/\0{8}one two three$/);
});

test.each(["waits for the source", "waits for room"])(
  "a source is let go when the client leaves while the adapter %s",
  async (what) => {
    let cancelled = false;
    const body = new ReadableStream<string>({
      pull(controller) {
        if (what === "waits for room") controller.enqueue("a");
        return what === "waits for room" ? undefined : new Promise(() => undefined);
      },
      cancel() {
        cancelled = true;
      },
    });
    await logged(async () => {
      const { stream, done } = run(() => reply.stream(body));
      stream.room = 1;
      setTimeout(() => stream.emit("close"), 20);
      await done;
    });
    expect(cancelled).toBe(true);
  },
);

test("work that a stream passes to waitUntil, and that never ends, holds the invocation up to the deadline only", async () => {
  const log = await logged(async () => {
    const { stream, done } = run(
      ({ waitUntil }) => {
        async function* chunks() {
          waitUntil(new Promise(() => undefined));
          yield "abc";
        }
        return reply.stream(chunks());
      },
      functionUrl(),
      300,
    );
    await done;
    expect(stream.ended).toBe(true);
  });
  expect(log).toMatchObject([{ message: "work passed to waitUntil did not finish in time" }]);
});

test.each([
  ["a stream", "application/octet-stream"],
  ["an event stream", "text/event-stream"],
])("%s that fails before its first chunk is a 500, with the reason in the log", async (_what, type) => {
  const failing = new ReadableStream<string>({
    start(controller) {
      controller.error(new Error("no source"));
    },
  });
  let stream: Recorder | undefined;
  const log = await logged(async () => {
    const started = run(() => reply.stream(failing, { headers: { "content-type": type, "x-a": "b" } }));
    stream = started.stream;
    await started.done;
  });
  expect(stream?.content).toMatchObject({ prelude: { statusCode: 500 }, body: expect.stringContaining("INTERNAL") });
  expect(stream?.ended).toBe(true);
  expect(log).toMatchObject([{ level: "ERROR", errorMessage: "no source", status: 500 }]);
});

test("an empty stream is its head, and work passed to waitUntil holds nothing back", async () => {
  let finish = () => {};
  const work = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { stream, done } = run((context) => {
    context.waitUntil(work);
    return reply.stream(parts("a"));
  });
  await expect.poll(() => stream.chunks.length).toBe(2);
  expect(stream.content.body).toBe("a");
  finish();
  await done;
  const empty = run(() => reply.stream(parts()));
  await empty.done;
  expect(empty.stream.content).toMatchObject({ prelude: { statusCode: 200 }, body: "" });
});
