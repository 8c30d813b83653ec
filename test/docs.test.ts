import { readFileSync } from "node:fs";
import { capabilities as aws } from "@portico/aws/capabilities";
import { capabilities as azure } from "@portico/azure/capabilities";
import { errorStatus } from "@portico/core";
import { capabilities as gcp } from "@portico/gcp/capabilities";
import { expect, test } from "vitest";
import { render, renderStorage } from "../scripts/docs.mjs";
import { draw, readResults, render as renderPerformance } from "../scripts/performance.mjs";
import * as storage from "./contract/storage/rows.mjs";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

test("docs/errors.md lists every code with its status, and no other", () => {
  const rows = [...read("docs/errors.md").matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \| (yes|no) \|/gm)].map(
    ([, code, status, shown]) => [code, { status: Number(status), exposed: shown === "yes" }],
  );
  const codes = Object.entries(errorStatus).map(([code, status]) => [code, { status, exposed: status !== 500 }]);
  expect(rows).toEqual(codes);
});

test("docs/events.md has the capabilities that the adapters declare: npm run docs", () => {
  expect(render({ aws, azure, gcp })).toBe(read("docs/events.md"));
});

test("docs/storage.md has the conformance table that the suite is held to: npm run docs", () => {
  expect(renderStorage(storage)).toBe(read("docs/storage.md"));
});

test("docs/performance.md and its chart show what the bench measured: npm run docs", () => {
  const results = readResults();
  expect(renderPerformance(results)).toBe(read("docs/performance.md"));
  expect(draw(results)).toBe(read("docs/performance.svg"));
  expect(
    results.filter(({ figure, contestant }) => figure === "lambda-v2-post" && contestant === "portico"),
  ).toHaveLength(1);
});
