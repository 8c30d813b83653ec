import { http, reply } from "@portico/core";
import { expect, test } from "vitest";
import { type ServeOptions, serve } from "./serve.js";

const hello = http.get("/").handle(() => reply.text("hello"));

function listeners(): readonly number[] {
  return (["SIGTERM", "SIGINT", "SIGHUP"] as const).map((signal) => process.listenerCount(signal));
}

test.each<[ServeOptions["signals"], readonly number[]]>([
  [undefined, [1, 1, 0]],
  [false, [0, 0, 0]],
  [[], [0, 0, 0]],
  ["SIGTERM", [1, 0, 0]],
  [["SIGHUP"], [0, 0, 1]],
])("signals: %j", async (signals, added) => {
  const before = listeners();
  const serving = await serve(hello, { port: 0, host: "127.0.0.1", signals });
  expect(listeners().map((count, index) => count - (before[index] as number))).toEqual(added);
  await serving.close();
  expect(listeners()).toEqual(before);
});

test.each([[true], [null], ["TERM"], [["SIGKILL"]], [[15]], [{}]])("signals: %j is refused", async (signals) => {
  await expect(serve(hello, { port: 0, host: "127.0.0.1", signals: signals as never })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    hint: expect.stringContaining("SIGTERM"),
  });
});

test("a stop without a limit waits for what is under way", async () => {
  let enter = (): void => {};
  let leave = (): void => {};
  const entered = new Promise<void>((resolve) => {
    enter = resolve;
  });
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const slow = http.get("/").handle(async (_request, { signal }) => {
    enter();
    await left;
    return reply.text(String(signal.aborted));
  });
  const options = { port: 0, host: "127.0.0.1", signals: false, shutdownTimeoutMs: Number.POSITIVE_INFINITY } as const;
  const serving = await serve(slow, { ...options, keepAliveTimeoutMs: Number.POSITIVE_INFINITY });
  const answer = fetch(serving.url, { headers: { connection: "close" } }).then((response) => response.text());
  await entered;
  const closed = serving.close();
  setTimeout(leave, 30);
  expect([await answer, await closed]).toEqual(["false", true]);
});

test.each([
  ["shutdownTimeoutMs", Number.NaN],
  ["keepAliveTimeoutMs", -1],
  ["requestTimeoutMs", "300"],
])("%s: %s is refused", async (name, value) => {
  await expect(serve(hello, { port: 0, [name]: value })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});

test.each([[undefined], [null], [{}], [[undefined]]])("serve(%j) is refused with a hint", async (functions) => {
  await expect(serve(functions as never, { port: 0 })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    hint: expect.any(String),
  });
});
