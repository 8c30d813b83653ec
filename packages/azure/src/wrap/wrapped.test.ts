import { expect, test, vi } from "vitest";
import * as functions from "./index.js";

const wrappers = [
  ["http", "path", functions.http],
  ["queue", "queue", functions.queue],
  ["queue", "queue", functions.queue.batch],
  ["topic", "topic", functions.topic],
  ["topic", "topic", functions.topic.batch],
  ["stream", "stream", functions.stream],
  ["stream", "stream", functions.stream.batch],
  ["change", "table", functions.change],
  ["change", "table", functions.change.batch],
  ["object", "bucket", functions.object],
  ["object", "bucket", functions.object.batch],
  ["schedule", "when", functions.schedule],
  ["invoke", "name", functions.invoke],
] as const;

test.each(wrappers)("the wrapper of kind %s names the option `%s` that is missing", (kind, name, wrap) => {
  const call = wrap as (handler: unknown, options?: unknown) => unknown;
  for (const options of [undefined, null, {}, { [name]: "" }])
    expect(() => call(vi.fn(), options)).toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        message: `The wrapper of kind ${kind} is missing the option \`${name}\`.`,
        hint: expect.stringContaining(`${kind}(handler, { ${name}: `),
      }),
    );
});

test("an Event Grid handler needs no option", () => {
  expect(functions.event(vi.fn()).trigger.kind).toBe("event");
  expect(functions.event(vi.fn(), null as never).trigger.kind).toBe("event");
  expect(() => functions.event.batch(vi.fn())).toThrow("one message at a time");
});
