// `npm run bench`: everything Portico is measured by, side by side with what others do. `--only <text>` takes the figures whose names have
// the text, `--quick` measures for a first look, `--before <folder>` adds the build of an older checkout. It never fails for a time.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { effort, measure, quickEffort } from "./measure.mjs";
import { stayOnOneCore } from "./one-core.mjs";
import { setUp } from "./set-up.mjs";
import { toTable } from "./table.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
    before: { type: "string" },
  },
});
if (options.before) process.env.BENCH_BEFORE = options.before;
setUp();
console.error(stayOnOneCore() ?? "Cores are not told apart here: take ratios for rougher than they look.");

const files = ["lambda-http", "sqs", "azure", "google", "onion", "routes", "cold", "heap", "storage"];
const resultsFile = fileURLToPath(new URL("results.json", import.meta.url));
const chosen = [];
for (const file of files) {
  const { figures } = await import(`./figures/${file}.mjs`);
  chosen.push(...figures.filter(({ name }) => name.includes(options.only)));
}
if (chosen.length === 0) throw new Error(`No figure has ${JSON.stringify(options.only)} in its name.`);

const show = (text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};
const results = [];
const failures = [];
for (const [index, figure] of chosen.entries()) {
  const at = `[${index + 1}/${chosen.length}] ${figure.name}`;
  if (!process.stderr.isTTY) console.error(at);
  const onRound = (text) => show(`${at}: ${text}`);
  try {
    const level = options.quick ? quickEffort : effort;
    const rows = figure.run
      ? await figure.run({ quick: options.quick, onRound })
      : await measure(figure, figure.names, level, onRound);
    for (const { contestant, median, p25, p75, ratioToBare } of rows)
      results.push({ figure: figure.name, contestant, median, p25, p75, unit: figure.unit, ratioToBare });
    // After each one, so that a run that is broken off has not been for nothing.
    save();
  } catch (error) {
    failures.push(`${figure.name}: ${error.message}`);
  }
}
show("");
console.log(toTable(results, chosen));
for (const failure of failures) console.error(`not measured: ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** A part of the figures replaces its part of the file. A quick look is not kept. */
function save() {
  if (options.quick) return;
  const before = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, "utf8")) : [];
  const measured = new Set(results.map(({ figure }) => figure));
  const kept = before.filter(({ figure }) => !measured.has(figure));
  const all = [...kept, ...results].map((row) => ({
    ...row,
    median: round(row.median),
    p25: round(row.p25),
    p75: round(row.p75),
    ratioToBare: round(row.ratioToBare),
  }));
  writeFileSync(resultsFile, `[\n${all.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n`);
}

function round(value) {
  return value === null ? null : Number(value.toPrecision(4));
}
