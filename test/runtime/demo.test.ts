import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What `npm start` runs once everything is built; it ends with another code where two clouds differ. */
async function run(demo: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [`examples/${demo}/dist/demo.js`], { cwd: root });
  return stdout;
}

test.concurrent("the demo finds the same in every cloud", async () => {
  const output = await run("orders");
  expect(output).toMatch(/^All the same: \d+ steps, \d+ stores, one set of functions\.$/m);
  expect(output).not.toContain("not documented");
}, 120_000);

test.concurrent("the demo of the migration finds every handler as at home", async () => {
  expect(await run("migrate")).toMatch(/^As at home: \d+ checks, \d+ platforms, no handler changed\.$/m);
}, 120_000);
