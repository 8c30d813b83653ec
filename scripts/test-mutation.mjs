// `npm run test:mutation`: changes the code in small ways, one at a time, and sees whether a test fails. Over the files that a change
// touches, and over the delivery engine, of whose mutants at least 90 % have to be noticed.
//   npm run test:mutation                         what differs from main, and the engine
//   npm run test:mutation -- --base v1.2.0        what differs from that
//   npm run test:mutation -- packages/x/src/a.ts  these files alone
// Stryker writes the mutants into the working tree and puts the files back, also after Ctrl-C. The engine takes about five minutes.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { toolPath } from "./tools.mjs";
import { root } from "./workspace.mjs";

const least = 90;
// What a survivor is worth: that it changes nothing, or what else would tell.
const reasons = JSON.parse(readFileSync(join(root, "test/mutation/survivors.json"), "utf8"));
const isEngine = (file) => /^packages\/core\/src\/(?:delivery\/.+|deadline|watchdog)\.ts$/.test(file);
const isSource = (file) => /^packages\/[^/]+\/src\/.+\.ts$/.test(file) && !/\.(?:test|test-d|d)\.ts$/.test(file);

const args = process.argv.slice(2);
const at = args.indexOf("--base");
const [, base] = at < 0 ? [] : args.splice(at, 2);
// A shell's `*` gives the tests beside the sources, too.
const files = args.length > 0 ? args.filter(isSource) : [...new Set([...changed(base), ...engine()])];
if (files.length === 0) {
  console.error(
    "Nothing to mutate: give source files, such as `npm run test:mutation -- packages/core/src/deadline.ts`.",
  );
  process.exit(2);
}
console.log(`${files.length} files:\n  ${files.join("\n  ")}`);

// What has to notice a mutant are the tests beside it; all that reach it, from every package, would take hours and prove less.
const others = files.filter((file) => !isEngine(file));
const mutants = [
  ...mutate(files.filter(isEngine), [
    "packages/core/src/delivery/*.test.ts",
    "packages/core/src/{deadline,watchdog}.test.ts",
  ]),
  ...mutate(others, [...new Set(others.map((file) => file.replace(/\/src\/.*/, "/src/**/*.test.ts")))]),
];
const undetected = mutants.filter(({ status }) => status === "Survived" || status === "NoCoverage");
console.log(`\n${undetected.length} of ${mutants.length} mutants were not noticed`);
for (const { file, location, original, replacement } of undetected) {
  const known = reasons.find(
    (one) => one.file === file && one.original === original && one.replacement === replacement.trim(),
  );
  console.log(
    `\n${file}:${location.start.line}\n  - ${original}\n  + ${replacement}\n  ${known?.reason ?? "no reason is written down"}`,
  );
}
const score = scoreOf(mutants.filter(({ file }) => isEngine(file)));
console.log(
  `\nall files: ${scoreOf(mutants).toFixed(1)} %, the delivery engine: ${score.toFixed(1)} % (at least ${least} %)`,
);
process.exit(score < least ? 1 : 0);

/** Stryker's mutants of some files, which tests have to notice. */
function mutate(some, tests) {
  if (some.length === 0) return [];
  const report = join(root, ".reports/mutation.json");
  rmSync(report, { force: true });
  spawnSync(process.execPath, [toolPath("@stryker-mutator/core", "stryker"), "run", "--mutate", some.join(",")], {
    cwd: root,
    stdio: "inherit",
    // A model finds in a few histories what it finds at all of a mutant.
    env: {
      ...process.env,
      PORTICO_CASES: process.env.PORTICO_CASES ?? "0.1",
      PORTICO_MUTATION_TESTS: JSON.stringify(tests),
    },
  });
  if (!existsSync(report)) process.exit(1);
  return Object.entries(JSON.parse(readFileSync(report, "utf8")).files).flatMap(([file, { source, mutants: all }]) =>
    all.map((mutant) => ({ ...mutant, file, original: textOf(source, mutant.location) })),
  );
}

function git(...words) {
  const { status, stdout } = spawnSync("git", words, { cwd: root, encoding: "utf8" });
  return status === 0 ? stdout.split("\n").filter(Boolean) : [];
}

/** The source files that differ from `from`, or from where this branch left main. */
function changed(from) {
  const [start = "HEAD"] = from === undefined ? git("merge-base", "main", "HEAD") : [from];
  return git("diff", "--name-only", "--diff-filter=d", start).filter(isSource);
}

function engine() {
  return git("ls-files", "packages/core/src").filter((file) => isEngine(file) && isSource(file));
}

/** In per cent of the mutants that compile. */
function scoreOf(all) {
  const counted = all.filter(({ status }) => ["Killed", "Timeout", "Survived", "NoCoverage"].includes(status));
  const noticed = counted.filter(({ status }) => status === "Killed" || status === "Timeout");
  return counted.length === 0 ? 100 : (100 * noticed.length) / counted.length;
}

/** The text of a mutant's place, in one line. */
function textOf(source, { start, end }) {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return lines.map((line) => line.trim()).join(" ");
}
