// Prints `N passed, N failed` over every test report of the last `npm test`. A file that failed to load counts as one, and so does a run
// that failed although no test did: something threw outside them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.mjs";

const folder = join(root, ".reports");
const reports = (existsSync(folder) ? readdirSync(folder) : []).filter((file) => /^vitest.*\.json$/.test(file));
let passed = 0;
let failed = 0;
for (const report of reports) {
  const { success, testResults } = JSON.parse(readFileSync(join(folder, report), "utf8"));
  const before = failed;
  for (const { status, assertionResults } of testResults) {
    const failures = assertionResults.filter((test) => test.status === "failed").length;
    passed += assertionResults.filter((test) => test.status === "passed").length;
    failed += status === "failed" ? Math.max(failures, 1) : failures;
  }
  if (!success && failed === before) failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(reports.length > 0 && failed === 0 ? 0 : 1);
