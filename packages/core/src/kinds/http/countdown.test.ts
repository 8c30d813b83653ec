import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { testSource } from "../../../test/source.js";
import { InvocationContext } from "../../context.js";
import { HandlerError } from "../../error.js";
import { Watchdog } from "../../watchdog.js";
import { createHttpEntry, whenGiven } from "./answer.js";
import { chunksInTime } from "./countdown.js";
import { http } from "./function.js";
import type { HttpReply } from "./http-reply.js";
import * as reply from "./reply.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
class QuietContext extends InvocationContext {
  protected override "~createLog"() {
    return log;
  }
}
const contextFor = (ms: number | undefined) =>
  new QuietContext({
    id: "1",
    functionName: "f",
    platform: "test",
    deadlineMs: ms === undefined ? undefined : Date.now() + ms,
  });
const quiet = async function* () {
  yield "a";
  await new Promise<void>((resolve) => setTimeout(resolve, 60_000));
};

async function readAll(response: HttpReply, context: InvocationContext) {
  const chunks: string[] = [];
  const order: string[] = [];
  context.signal.addEventListener("abort", () => order.push("aborted"));
  const reading = (async () => {
    for await (const chunk of chunksInTime(response, context, new Watchdog()))
      chunks.push(new TextDecoder().decode(chunk));
  })().then(
    () => order.push("ended"),
    (error: unknown) => order.push(HandlerError.is(error) ? error.code : "failed"),
  );
  await vi.advanceTimersByTimeAsync(120_000);
  await reading;
  return { chunks, order };
}

test("a stream is broken off at its deadline, after its signal", async () => {
  expect(await readAll(reply.stream(quiet()), contextFor(10_000))).toEqual({
    chunks: ["a"],
    order: ["aborted", "TIMEOUT"],
  });
});

test("an event stream ends at its deadline as if it were over", async () => {
  const headers = { "content-type": "text/event-stream" };
  expect(await readAll(reply.stream(quiet(), { headers }), contextFor(10_000))).toEqual({
    chunks: ["a"],
    order: ["aborted", "ended"],
  });
});

test("a stream without a deadline, or that heeds its signal, comes to its own end", async () => {
  expect(await readAll(reply.stream(quiet()), contextFor(undefined))).toEqual({ chunks: ["a"], order: ["ended"] });
  const context = contextFor(10_000);
  const heeding = async function* () {
    yield "a";
    await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    yield "b";
  };
  expect(await readAll(reply.stream(heeding()), context)).toEqual({ chunks: ["a", "b"], order: ["aborted", "ended"] });
});

test("work passed to waitUntil does not hold back a streamed reply", async () => {
  const fn = http.get("/").handle((_request, { waitUntil }) => {
    waitUntil(new Promise((resolve) => setTimeout(resolve, 800)));
    return reply.stream(quiet());
  });
  const entry = createHttpEntry(fn, new Watchdog());
  const context = contextFor(10_000);
  const response = await whenGiven(entry.answer(entry.toRequest(testSource()), context));
  expect(response.status).toBe(200);
  expect(context["~settle"]()).toBeInstanceOf(Promise);
});
