import { InvocationContext as AzureInvocationContext, type HttpRequest } from "@azure/functions";
import { afterEach, expect, test, vi } from "vitest";
import { AzureContext, native } from "./context.js";

const lines: [level: string, line: string][] = [];
afterEach(() => {
  lines.length = 0;
});

function contextOf(init: { traceParent?: string; traceState?: string } = {}, logLevel?: "debug"): AzureContext {
  const azure = new AzureInvocationContext({
    invocationId: "11111111-2222-3333-4444-555555555555",
    functionName: "create",
    traceContext: init,
    logHandler: (level, ...args) => void lines.push([level, String(args[0])]),
  });
  const given = { request: {} as HttpRequest, context: azure };
  return new AzureContext({
    native: given,
    region: "West Europe",
    deadlineMs: Date.now() + 1000,
    coldStart: true,
    logLevel,
  });
}

test("the context says what Azure says", () => {
  const context = contextOf();
  expect(context).toMatchObject({
    id: "11111111-2222-3333-4444-555555555555",
    functionName: "create",
    platform: "azure",
    region: "West Europe",
    coldStart: true,
  });
  expect(context.remainingMs()).toBeGreaterThan(900);
  expect(native(context)?.context.functionName).toBe("create");
});

test("there is nothing native of Azure elsewhere", () => {
  expect(native({ ...contextOf(), platform: "aws" } as never)).toBeUndefined();
});

test("the trace is the one that the host hands on", () => {
  const traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  expect(contextOf({ traceParent, traceState: "a=1" }).trace).toEqual({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    sampled: true,
    traceState: "a=1",
  });
  expect(contextOf({ traceParent, traceState: "" }).trace.traceState).toBeUndefined();
  expect(contextOf({ traceParent: "nonsense" }).trace.traceId).toMatch(/^[\da-f]{32}$/);
});

test("an entry is one JSON line, filed under its severity", () => {
  const { log } = contextOf({}, "debug");
  for (const level of ["debug", "info", "warn", "error"] as const) log[level]("hello %s", { a: 1 });
  expect(lines.map(([level]) => level)).toEqual(["debug", "information", "warning", "error"]);
  const entry = JSON.parse(lines[0]?.[1] ?? "");
  expect(entry).toMatchObject({ level: "debug", message: "hello %s", functionName: "create", a: 1 });
  expect(entry.invocationId).toBe("11111111-2222-3333-4444-555555555555");
  expect(lines[0]?.[1]).not.toContain("\n");
});

test("an entry after the end does not go through Azure's context, which warns of it", () => {
  const context = contextOf();
  const info = vi.spyOn(console, "info").mockImplementation(() => undefined);
  context.log.info("before");
  context["~return"]();
  context.log.info("after");
  expect(lines).toHaveLength(1);
  expect(JSON.parse(String(info.mock.calls[0]?.[0]))).toMatchObject({ message: "after", functionName: "create" });
  info.mockRestore();
});

test("a field from a request takes over no member of a log entry", () => {
  contextOf().log.info("real", {
    level: "fatal",
    message: "forged",
    invocationId: "forged",
    functionName: "forged",
    own: "a",
  });
  const entry = JSON.parse(lines[0]?.[1] ?? "");
  expect(entry).toMatchObject({ level: "info", message: "real", functionName: "create", own: "a" });
});
