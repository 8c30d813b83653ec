import { compare } from "./answer.js";
import { type Difference, differences, withoutDifferences } from "./differences.js";
import type { Result } from "./run.js";
import type { Runtime } from "./runtimes.js";

export interface Column {
  readonly runtime: Runtime;
  /** What the function's process wrote. */
  readonly logs: readonly string[];
  readonly results: readonly Result[];
}

const color = process.stdout.isTTY && process.env.NO_COLOR === undefined;
const paint = (code: number) => (text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
const [bold, dim, red, green, yellow] = [1, 2, 31, 32, 33].map(paint) as [Paint, Paint, Paint, Paint, Paint];
type Paint = (text: string) => string;

/** Prints everything; whether all runtimes answered the same, apart from the documented differences. */
export function report(columns: readonly Column[]): boolean {
  const [reference] = columns;
  if (!reference) return false;
  const seen = new Set<Difference>();
  const troubles: string[] = [];
  const cell = ({ runtime }: Column, row: number, result: Result): string => {
    const { answer: wanted, fault: commonFault } = reference.results[row] as Result;
    const { answer, found } = withoutDifferences(result.answer, runtime.name, result.step.name, wanted);
    const undocumented = compare(wanted, answer);
    // A fault is excused where it comes of a documented difference alone.
    const excused = found.length > 0 && undocumented.length === 0 && commonFault === undefined;
    if (result.fault !== undefined && !excused) undocumented.unshift(result.fault);
    for (const difference of found) seen.add(difference);
    for (const trouble of undocumented) troubles.push(`${runtime.name}: ${result.step.name}: ${trouble}`);
    const mark =
      undocumented.length > 0 ? red("✗ differs") : found.length > 0 ? yellow("~ listed ") : green("= same   ");
    return `${mark} ${dim(`${Math.round(result.totalMs)} ms`.padStart(8))}`;
  };

  const wide = Math.max(...reference.results.map(({ step }) => step.name.length));
  const head = columns.map(({ runtime }) => bold(runtime.name.padEnd(10))).join("  ");
  print(`\n${bold("request".padEnd(wide))}  ${head}`);
  for (const [row, { step }] of reference.results.entries()) {
    const cells = columns.map((column) => cell(column, row, column.results[row] as Result));
    print(`${step.name.padEnd(wide)}  ${cells.join("  ")}`);
  }
  print(dim("each cell: = as in the container, ~ but for a documented difference, ✗ otherwise; status; milliseconds"));

  print(`\n${bold("When the pieces of a streamed reply arrived (ms)")}`);
  for (const [row, { step }] of reference.results.entries()) {
    if (step.pieces === undefined) continue;
    for (const { runtime, results } of columns) {
      const times = results[row]?.chunksMs.map((ms) => String(Math.round(ms)).padStart(4)).join(" ");
      print(`${step.name.padEnd(wide)}  ${runtime.name.padEnd(10)} ${times}`);
    }
  }

  print(`\n${bold("Documented platform differences")}`);
  for (const difference of differences) {
    const mark = seen.has(difference) ? yellow("~") : dim("-");
    print(`${mark} ${difference.what} ${dim(`(${difference.runtimes.join(", ")})`)}`);
    print(`  ${dim(difference.reason)}`);
    if (!seen.has(difference)) print(`  ${yellow("did not occur in this run")}`);
  }

  const requests = columns.reduce((total, { results }) => total + results.length, 0);
  if (troubles.length === 0) {
    print(`\n${green("All the same")}: ${requests} requests, ${columns.length} runtimes, one set of handlers.`);
    return true;
  }
  print(`\n${red(`${troubles.length} undocumented`)}:\n${troubles.map((trouble) => `  ${trouble}`).join("\n")}`);
  for (const { runtime, logs } of columns) {
    if (troubles.some((trouble) => trouble.startsWith(`${runtime.name}:`))) {
      print(
        `\n${bold(`last log lines of ${runtime.name}`)}\n${logs
          .slice(-10)
          .map((line) => `  ${line}`)
          .join("\n")}`,
      );
    }
  }
  return false;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
