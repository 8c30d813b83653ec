import { type Difference, differences } from "./differences.js";
import type { Column, Verdict } from "./judge.js";
import { bold, dim, green, print, red, yellow } from "./paint.js";

/** Prints everything. */
export function report(columns: readonly Column[], verdicts: readonly Verdict[][]): void {
  printTable(columns, verdicts);
  printArrivals(verdicts);
  printDifferences(verdicts);
  printConclusion(verdicts.flat());
}

const width = 12;
const nameWidth = (verdicts: readonly Verdict[][]) =>
  Math.max(...verdicts.map(([first]) => first?.result.step.name.length ?? 0));
const letter = (difference: Difference) => String.fromCharCode(97 + differences.indexOf(difference));

function printTable(columns: readonly Column[], verdicts: readonly Verdict[][]): void {
  const wide = nameWidth(verdicts);
  print(
    `\n${bold(`${"request".padEnd(wide)}  ${columns.map(({ runtime }) => runtime.name.padEnd(width)).join(" ")}`)}`,
  );
  for (const row of verdicts) print(`${row[0]?.result.step.name.padEnd(wide)}  ${row.map(toCell).join("  ")}`);
  print(
    dim(
      "Each cell: status; = the same as in the container, or a letter for a documented difference, or ✗; milliseconds.",
    ),
  );
}

function toCell({ result, documented, troubles }: Verdict): string {
  const letters = documented.map(letter).join("").padEnd(2);
  const mark = troubles.length > 0 ? red("✗ ") : documented.length > 0 ? yellow(letters) : green("= ");
  return `${result.answer.status || "---"} ${mark} ${dim(String(Math.round(result.totalMs)).padStart(4))}`;
}

function printArrivals(verdicts: readonly Verdict[][]): void {
  print(`\n${bold("When the pieces of a streamed reply arrived, in milliseconds")}`);
  for (const row of verdicts.filter(([first]) => first?.result.step.pieces !== undefined)) {
    for (const { column, result } of row) {
      const times = result.chunksMs.map((ms) => String(Math.round(ms)).padStart(4)).join(" ");
      print(`${result.step.name.padEnd(nameWidth(verdicts))}  ${column.runtime.name.padEnd(width)} ${times}`);
    }
  }
}

function printDifferences(verdicts: readonly Verdict[][]): void {
  print(`\n${bold("Documented platform differences")}`);
  for (const difference of differences) {
    const { runtimes, what, reason } = difference;
    print(`${yellow(letter(difference))}  ${what} ${dim(`(${runtimes.join(", ")})`)}`);
    print(`   ${dim(reason)}`);
    const occurs = (name: string) =>
      verdicts.flat().some(({ column, documented }) => column.runtime.name === name && documented.includes(difference));
    const missing = runtimes.filter((name) => !occurs(name));
    if (missing.length > 0) print(`   ${yellow(`did not occur: ${missing.join(", ")}`)}`);
  }
}

function printConclusion(verdicts: readonly Verdict[]): void {
  const bad = verdicts.filter(({ troubles }) => troubles.length > 0);
  const columns = new Set(verdicts.map(({ column }) => column));
  if (bad.length === 0) {
    print(`\n${green("All the same")}: ${verdicts.length} requests, ${columns.size} runtimes, one set of handlers.`);
    return;
  }
  print(`\n${red(`${bad.length} answers with differences that are not documented`)}`);
  for (const { column, result, troubles } of bad) {
    for (const trouble of troubles) print(`  ${column.runtime.name}: ${result.step.name}: ${trouble}`);
  }
  for (const { runtime, logs } of new Set(bad.map(({ column }) => column))) {
    print(`\n${bold(`The last log lines of ${runtime.name}`)}`);
    for (const line of logs.slice(-8)) print(`  ${line}`);
  }
}
