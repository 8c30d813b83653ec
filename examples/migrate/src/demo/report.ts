import { clouds, origins } from "./clouds.js";
import { webFunctions } from "./requests.js";
import { steps } from "./steps.js";

/** One check: a function from one cloud, on another. */
export interface Cell {
  readonly row: string;
  readonly from: string;
  readonly on: string;
  readonly troubles: readonly string[];
}

const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined;
const paint = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
const [bold, dim, red, green] = [paint(1), paint(2), paint(31), paint(32)];
const print = (line: string) => process.stdout.write(`${line}\n`);

/** Prints the table; false when something is different from what it must be. */
export function report(cells: readonly Cell[]): boolean {
  const names = clouds.map(({ name }) => name);
  const wide = 24;
  print(`\n${bold("Existing functions, unchanged, on every cloud")}`);
  print(
    dim("Written for the one on the left; deployed on the one above. Each mark is what a client or a platform sees.\n"),
  );
  const head = (title: string) => print(bold(title.padEnd(wide) + names.map((name) => name.padEnd(11)).join("")));
  const line = (title: string, found: (on: string) => readonly Cell[]) =>
    print(title.padEnd(wide) + names.map((on) => toMark(found(on))).join(""));
  head("http");
  for (const { name } of webFunctions) line(name, (on) => cells.filter((cell) => cell.from === name && cell.on === on));
  for (const from of origins) {
    print("");
    head({ lambda: "Lambda", azure: "Azure Functions", google: "Google Cloud" }[from]);
    for (const row of new Set(steps.map(({ kind }) => kind))) {
      line(row, (on) => cells.filter((cell) => cell.row === row && cell.from === from && cell.on === on));
    }
  }
  const bad = cells.filter(({ troubles }) => troubles.length > 0);
  for (const { row, from, on, troubles } of bad) {
    for (const trouble of troubles) print(red(`${row}: ${from} on ${on}: ${trouble}`));
  }
  if (bad.length === 0)
    print(`\n${green("As at home")}: ${cells.length} checks, ${names.length} platforms, no handler changed.`);
  return bad.length === 0;
}

function toMark(cells: readonly Cell[]): string {
  const good = cells.length > 0 && cells.every(({ troubles }) => troubles.length === 0);
  // Colours have no width.
  return (good ? green("yes") : red("NO ")) + " ".repeat(8);
}
