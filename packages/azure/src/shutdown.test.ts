import { InvocationContext } from "@portico/core/adapter";
import { expect, test } from "vitest";
import { worker } from "../test/worker.js";
import { begin, end, shutDown, watchShutdown } from "./shutdown.js";

const context = () => new InvocationContext({ id: "1", functionName: "f", platform: "azure" });

test("one hook is registered, however many functions there are", () => {
  watchShutdown();
  watchShutdown();
  expect(worker.hooks.get("appTerminate")).toHaveLength(1);
});

test("a shutdown without invocations is over at once", async () => {
  await shutDown();
});

test("a shutdown aborts what is under way and waits for its end", async () => {
  const running = context();
  begin(running);
  let over = false;
  const [hook] = worker.hooks.get("appTerminate") ?? [];
  const done = Promise.resolve(hook?.({})).then(() => {
    over = true;
  });
  expect(running.signal.aborted).toBe(true);
  expect(running.signal.reason).toMatchObject({ code: "CANCELLED" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(over).toBe(false);
  end(running);
  await done;
});

test("a shutdown does not wait for ever", async () => {
  const stuck = context();
  begin(stuck);
  await shutDown(20);
  end(stuck);
});
