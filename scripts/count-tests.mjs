// Prints `N passed, N failed` over every test report of the last `npm test`. A file that failed to load counts as one.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.mjs";

const folder = join(root, ".reports");
const reports = (existsSync(folder) ? readdirSync(folder) : []).filter((file) => /^vitest.*\.json$/.test(file));
let passed = 0;
let failed = 0;
for (const report of reports) {
  for (const { status, assertionResults } of JSON.parse(readFileSync(join(folder, report), "utf8")).testResults) {
    const failures = assertionResults.filter((test) => test.status === "failed").length;
    passed += assertionResults.filter((test) => test.status === "passed").length;
    failed += status === "failed" ? Math.max(failures, 1) : failures;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(reports.length > 0 && failed === 0 ? 0 : 1);
