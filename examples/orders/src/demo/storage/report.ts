import { bold, dim, green, print, red } from "../paint.js";
import type { Column } from "./places.js";
import { type Result, steps } from "./run.js";

const width = 19;

/** Prints the table of stores. */
export function reportStorage(columns: readonly Column[], results: readonly (readonly Result[])[]): void {
  const wide = Math.max(...steps.map((step) => step.length));
  print(
    `\n${bold(`${"the bucket uploads".padEnd(wide)}  ${columns.map(({ name }) => name.padEnd(width)).join(" ")}`)}`,
  );
  for (const [row, step] of steps.entries()) {
    const cells = results.map((column) => {
      const { says, trouble } = column[row] as Result;
      return `${trouble === undefined ? green("=") : red("✗")} ${says}`.padEnd(width + (green("").length || 0));
    });
    print(`${step.padEnd(wide)}  ${cells.join(" ")}`);
  }
  for (const { name, title } of columns) print(dim(`${name.padEnd(10)} ${title}`));
  const troubles = columns.flatMap(({ name }, index) =>
    (results[index] ?? []).flatMap(({ trouble }, row) =>
      trouble === undefined ? [] : [`  ${name}: ${steps[row]}: ${trouble}`],
    ),
  );
  if (troubles.length === 0)
    print(`\n${green("All the same")}: ${steps.length} steps, ${columns.length} stores, one set of functions.`);
  else print(`\n${red(`${troubles.length} steps went wrong`)}\n${troubles.join("\n")}`);
}
