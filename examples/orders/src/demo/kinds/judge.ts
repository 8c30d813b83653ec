import { isDeepStrictEqual } from "node:util";
import type { Cloud } from "./clouds.js";
import { type Difference, differences, type Seen } from "./differences.js";
import type { Result } from "./run.js";

export interface Column {
  readonly cloud: Cloud;
  readonly results: readonly Result[];
}

export interface Verdict {
  readonly cloud: Cloud;
  readonly result: Result;
  /** Whether the function got the event. */
  readonly delivered: boolean;
  /** Documented differences that were found, and made undone before comparing. */
  readonly documented: readonly Difference[];
  /** What else is different from what it must be; must be empty. */
  readonly troubles: readonly string[];
}

/** All verdicts, a list for each step: each result beside what it must be everywhere. */
export function judge(columns: readonly Column[]): Verdict[][] {
  const [first] = columns;
  return (first?.results ?? []).map((_, row) =>
    columns.map(({ cloud, results }) => judgeOne(cloud, results[row] as Result)),
  );
}

function judgeOne(cloud: Cloud, result: Result): Verdict {
  const { step, outcome } = result;
  const documented: Difference[] = [];
  let seen: Seen = { meaning: outcome.meaning, lines: result.lines };
  for (const difference of differences.filter(({ clouds }) => clouds.includes(cloud.name))) {
    const next = difference.undo(seen, step);
    if (!isDeepStrictEqual(next, seen)) documented.push(difference);
    seen = next;
  }
  const troubles: string[] = [];
  if (seen.meaning !== step.meaning) troubles.push(`${outcome.words} means ${outcome.meaning}, not ${step.meaning}`);
  if (!isDeepStrictEqual(outcome.answer, step.answer)) {
    troubles.push(`answered ${JSON.stringify(outcome.answer)}, not ${JSON.stringify(step.answer)}`);
  }
  if (!isDeepStrictEqual(seen.lines, step.lines)) {
    troubles.push(`logged ${JSON.stringify(result.lines)}, not ${JSON.stringify(step.lines)}`);
  }
  // An invoke function tells by its answer that it was called.
  const delivered = result.lines.length > 0 || outcome.answer !== undefined;
  return { cloud, result, delivered, documented, troubles };
}
