import type { InvocationContext, StorageQueueHandler } from "@azure/functions";
import { expect, test } from "vitest";
import { testContext, testMessage } from "../../../core/test/message.js";
import { encodeQueue, queue } from "./queue.js";

test("smoke", async () => {
  const seen: unknown[] = [];
  const handler: StorageQueueHandler<{ a: number }> = async (item: { a: number }, context: InvocationContext) => {
    seen.push(item, context.triggerMetadata, context.options.trigger, context.traceContext);
    context.log("hello", { a: 1 });
  };
  const fn = queue(handler, { queue: "orders", storageQueue: {} });
  const { context, logs } = testContext();
  expect(await fn(testMessage("1", '{"a":1}'), context)).toEqual({ outcome: "ack" });
  console.log(JSON.stringify(seen, null, 1), logs());
  console.log(
    JSON.stringify(
      await encodeQueue([testMessage("1", '{"a":1}'), testMessage("2", '{"a":1}')], {
        queue: "orders",
        serviceBus: { cardinality: "many" },
      }),
    ),
  );
});
