import { expect, test } from "vitest";
import type { Answer } from "./answer.js";
import { judge } from "./judge.js";
import { steps } from "./requests.js";
import type { Runtime } from "./runtimes.js";

const answer: Answer = { status: 200, headers: ["content-type: text/plain"], body: "x", arrival: undefined };

/** What the demo finds when this runtime answers so, and the container with `answer`. */
function verdictOf(name: string, given: Partial<Answer>, fault?: string) {
  const column = (runtime: string, found: Answer, wrong?: string) => ({
    runtime: { name: runtime } as Runtime,
    results: [{ step: steps[0]!, answer: found, totalMs: 1, chunksMs: [1], fault: wrong }],
    logs: [],
  });
  const [[, verdict] = []] = judge([column("container", answer), column(name, { ...answer, ...given }, fault)]);
  return { troubles: verdict!.troubles.length, documented: verdict!.documented.map(({ what }) => what) };
}

test("the same answer is no trouble", () => {
  expect(verdictOf("google", {})).toEqual({ troubles: 0, documented: [] });
});

test.each<[string, Partial<Answer>]>([
  ["status", { status: 201 }],
  ["header", { headers: ["content-type: text/html"] }],
  ["missing header", { headers: [] }],
  ["further header", { headers: [...answer.headers, "x-more: 1"] }],
  ["body", { body: "y" }],
])("another %s is trouble", (_what, given) => {
  expect(verdictOf("google", given).troubles).toBeGreaterThan(0);
});

test("a documented difference is one on its own platform, and trouble on another", () => {
  const given = { headers: [...answer.headers, "x-ms-invocation-id: <uuid>"] };
  expect(verdictOf("azure str", given)).toEqual({
    troubles: 0,
    documented: [expect.stringContaining("x-ms-invocation-id")],
  });
  expect(verdictOf("google", given)).toEqual({ troubles: 1, documented: [] });
});

test("an answer that is wrong by itself is trouble, also where all runtimes give it", () => {
  expect(verdictOf("google", {}, "no order in it").troubles).toBe(1);
});

test("the demo sends at least 20 requests to each runtime", () => {
  expect(steps.length).toBeGreaterThanOrEqual(20);
  expect(new Set(steps.map(({ name }) => name)).size).toBe(steps.length);
});
