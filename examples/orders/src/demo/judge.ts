import { compare } from "./answer.js";
import { type Difference, withoutDifferences } from "./differences.js";
import type { Result } from "./run.js";
import type { Runtime } from "./runtimes.js";

export interface Column {
  readonly runtime: Runtime;
  readonly results: readonly Result[];
  /** What the function's process wrote. */
  readonly logs: readonly string[];
}

/** What one runtime's answer to one request is, beside the container's. */
export interface Verdict {
  readonly column: Column;
  readonly result: Result;
  /** Documented differences that were found, and made undone before comparing. */
  readonly documented: readonly Difference[];
  /** What else is different or wrong; must be empty. */
  readonly troubles: readonly string[];
}

/** All verdicts, a list for each request. The first column is the one that the others are compared with. */
export function judge(columns: readonly Column[]): Verdict[][] {
  const [reference] = columns;
  return (reference?.results ?? []).map((wanted, row) =>
    columns.map((column) => judgeOne(column, column.results[row] as Result, wanted)),
  );
}

function judgeOne(column: Column, result: Result, wanted: Result): Verdict {
  const { answer, found } = withoutDifferences(result.answer, column.runtime.name, result.step.name, wanted.answer);
  const troubles = compare(wanted.answer, answer);
  // A fault is excused where it comes of a documented difference alone.
  const excused = found.length > 0 && troubles.length === 0 && wanted.fault === undefined;
  if (result.fault !== undefined && !excused) troubles.unshift(result.fault);
  return { column, result, documented: found, troubles };
}
