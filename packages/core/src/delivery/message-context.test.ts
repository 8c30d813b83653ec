import { expect, test } from "vitest";
import { testContext } from "../../test/message.js";
import { newTrace } from "../trace.js";
import { MessageContext } from "./message-context.js";

test("a message is known in the log by its own id, or by what the platform calls it, with further fields", () => {
  const { context, logs } = testContext();
  new MessageContext(context, { id: "a" }, {}).log.info("one");
  new MessageContext(context, { id: "b" }, { id: "handle-1", fields: { queue: "q" } }).log.info("two");
  expect(logs()).toEqual([
    { level: "info", message: "one", messageId: "a" },
    { level: "info", message: "two", messageId: "handle-1", queue: "q" },
  ]);
});

test("a message has the trace that it brings, else its own beside the invocation's", () => {
  const { context } = testContext();
  const trace = newTrace();
  expect(new MessageContext(context, { id: "a" }, { trace: () => trace }).trace).toBe(trace);
  class Traced extends MessageContext {
    protected override "~readTrace"() {
      return trace;
    }
  }
  const host = new Traced(context, { id: "host" }, {});
  expect(new MessageContext(host, { id: "a" }, {}).trace).toBe(trace);
  expect(new MessageContext(host, { id: "a" }, { trace: () => undefined }).trace).toBe(trace);
  expect(new MessageContext(context, { id: "a" }, {}).trace.traceId).toHaveLength(32);
});

test("a message has the signal and the deadline of its delivery", () => {
  const { context } = testContext(Date.now() + 60_000);
  const message = new MessageContext(context, { id: "a" }, {});
  expect(message.deadline).toEqual(context.deadline);
  expect(message.signal).toBe(context.signal);
  context["~abort"](new Error("over"));
  expect(message.signal.aborted).toBe(true);
});
