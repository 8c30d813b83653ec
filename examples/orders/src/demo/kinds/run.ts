import type { Deployment, Outcome } from "./clouds.js";
import { type Line, type Step, steps } from "./steps.js";

/** One cell of the table, before it is judged. */
export interface Result {
  readonly step: Step;
  readonly outcome: Outcome;
  /** What the functions logged, its neutral facts alone. */
  readonly lines: readonly Line[];
  /** All that was logged meanwhile, as it was written. */
  readonly log: readonly string[];
}

/** Lets everything happen in one cloud, one thing after the other. */
export async function run({ fire, logs }: Deployment, onStep: (step: Step) => void): Promise<Result[]> {
  const results: Result[] = [];
  for (const step of steps) {
    onStep(step);
    const from = logs(step.kind).length;
    const outcome = await fire(step).catch((error): Outcome => ({ words: String(error), meaning: "refused" }));
    const lines = await linesOf(step, () => logs(step.kind).slice(from));
    results.push({ step, outcome, lines, log: logs(step.kind).slice(from) });
  }
  return results;
}

const messages = new Set(steps.flatMap(({ lines }) => lines.map(({ message }) => message)));
const facts = new Set(steps.flatMap(({ lines }) => lines.flatMap(Object.keys)));

/** The lines come through a pipe, so perhaps after the outcome. */
async function linesOf({ lines: wanted }: Step, logs: () => readonly string[]): Promise<Line[]> {
  for (let waitedMs = 0; ; waitedMs += 10) {
    const lines = logs().flatMap(toLine);
    if ((lines.length >= wanted.length && wanted.length > 0) || waitedMs >= (wanted.length > 0 ? 1000 : 50))
      return lines;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The neutral facts of a line that a function of the pipeline wrote. */
function toLine(text: string): Line[] {
  const entry = parse(text);
  if (!entry || !messages.has(entry.message)) return [];
  const own = Object.entries(entry).filter(([name]) => facts.has(name));
  return [Object.fromEntries(own.sort(([a], [b]) => (a < b ? -1 : 1))) as unknown as Line];
}

function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    // Written by the platform, not by a function.
    return undefined;
  }
}
