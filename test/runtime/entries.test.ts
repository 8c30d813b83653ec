// Node loads what is built by rules of its own: names that a CommonJS library has for a bundler may not be there.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const packages = new URL("../../packages/", import.meta.url);
// A process of its own, which ends without its host.
const processes = ["./hosts/azure/worker"];

const entries = readdirSync(packages).flatMap((name) => {
  const { exports } = JSON.parse(readFileSync(new URL(`${name}/package.json`, packages), "utf8"));
  return Object.entries<{ default?: string }>(exports)
    .filter(([entry]) => !processes.includes(entry))
    .flatMap(([, { default: file }]) => (file ? [new URL(`${name}/${file}`, packages).href] : []));
});

test("Node loads every entry of every package", async () => {
  expect(entries.length).toBeGreaterThan(50);
  const script = `for (const entry of ${JSON.stringify(entries)}) await import(entry);`;
  const node = process.env.PORTICO_NODE ?? process.execPath;
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  await promisify(execFile)(node, ["--input-type=module", "--eval", script], { cwd });
});
