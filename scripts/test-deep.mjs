// `npm run test:deep`: the property, model and contract tests with a random seed and twenty times the cases. Prints each failing seed, and
// how to run it again. `-- --seed 7 <file>` takes a seed; everything else goes to Vitest.
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { toolPath } from "./tools.mjs";
import { root } from "./workspace.mjs";

const args = process.argv.slice(2);
const at = args.indexOf("--seed");
const [, given] = at < 0 ? [] : args.splice(at, 2);
const seed = Number(given ?? randomInt(2 ** 31));
if (!Number.isInteger(seed)) {
  console.error(`\`--seed ${given}\` is not a seed: give a whole number, such as \`npm run test:deep -- --seed 7\`.`);
  process.exit(2);
}
const cases = process.env.PORTICO_CASES ?? "20";
const projects = args.includes("--project")
  ? []
  : ["unit", "contract", "invariant"].flatMap((name) => ["--project", name]);
const report = join(root, ".reports/deep.json");

console.log(`seed ${seed}, ${cases} times the cases`);
mkdirSync(join(root, ".reports"), { recursive: true });
rmSync(report, { force: true });
const { status } = spawnSync(
  process.execPath,
  [toolPath("vitest"), "run", `--outputFile.json=${report}`, "--testTimeout=3600000", ...projects, ...args],
  { cwd: root, stdio: "inherit", env: { ...process.env, PORTICO_SEED: String(seed), PORTICO_CASES: cases } },
);

const failures = readReport().flatMap(({ name, status: state, message, assertionResults }) => {
  const file = relative(root, name);
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (state === "failed" && failed.length === 0) return [{ file, message }];
  return failed.map(({ fullName, failureMessages }) => ({ file, fullName, message: failureMessages.join("\n") }));
});
for (const { file, fullName, message } of failures) {
  // What fast-check says of a property that failed: its seed, and the path to the smallest case.
  const [found] = /\{ seed: -?\d+, path: "[^"]*"[^}]*\}/.exec(message) ?? [];
  const only = fullName === undefined ? "" : ` -t ${quote(fullName)}`;
  console.log(`\nFAILED with seed ${seed}: ${file}${fullName === undefined ? "" : ` > ${fullName}`}`);
  if (found) console.log(`  the case: fc.assert(property, ${found})`);
  console.log(`  run it again: npm run test:deep -- --seed ${seed} ${file}${only}`);
}
console.log(failures.length > 0 ? `\n${failures.length} failed with seed ${seed}` : `\nseed ${seed} found nothing`);
process.exit(failures.length > 0 ? 1 : (status ?? 1));

/** The test files of the report; none where Vitest could not write one. */
function readReport() {
  try {
    return JSON.parse(readFileSync(report, "utf8")).testResults;
  } catch {
    return [];
  }
}

/** A pattern for one test, as a word of a POSIX shell. */
function quote(name) {
  const pattern = `^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
  return `'${pattern.replaceAll("'", "'\\''")}'`;
}
