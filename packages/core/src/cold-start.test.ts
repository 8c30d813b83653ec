import { expect, test, vi } from "vitest";

test("the first invocation of a process is a cold start, and no later one", async () => {
  for (const _process of [1, 2]) {
    vi.resetModules();
    const { takeColdStart } = await import("./cold-start.js");
    expect([takeColdStart(), takeColdStart(), takeColdStart()]).toEqual([true, false, false]);
  }
});
