import { expect, test } from "vitest";
import { sources } from "../test/sources.js";
import { capabilities } from "./capabilities.js";

test("every source has a row of its own, with the vendor's page", () => {
  const rows = capabilities.map(({ kind, source }) => `${kind}: ${source}`);
  expect(new Set(rows).size).toBe(rows.length);
  for (const { see } of capabilities) expect(see).toMatch(/^https:\/\/learn\.microsoft\.com\//);
  expect(rows.length).toBeGreaterThan(sources.length);
});

test("where the checkpoint moves on failure a retry policy and a sink are needed", () => {
  for (const source of ["Event Hubs", "Kafka", "Cosmos DB, latest versions", "Cosmos DB, all versions and deletes"]) {
    const row = capabilities.find((one) => one.source === source);
    expect(row).toMatchObject({ deadLetter: "sink", requires: expect.stringContaining("retry policy") });
  }
});

test("no source tells its deadline, nor takes a delay", () => {
  expect(capabilities.every(({ deadline, retryDelay }) => !deadline && retryDelay === false)).toBe(true);
});
