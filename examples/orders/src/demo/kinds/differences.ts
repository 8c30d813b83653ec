import type { Result } from "./run.js";
import type { Line } from "./steps.js";

/** Something in which the clouds differ, whatever software runs on them. */
export interface Difference {
  readonly clouds: readonly string[];
  readonly what: string;
  readonly reason: string;
  /** The lines as they would be without the difference. */
  undo(lines: readonly Line[], result: Result): readonly Line[];
}

const replace =
  (message: string, fact: string, from: unknown, to: unknown) =>
  (lines: readonly Line[]): readonly Line[] =>
    lines.map((line) => (line.message === message && line[fact] === from ? { ...line, [fact]: to } : line));

export const differences: readonly Difference[] = [
  {
    clouds: ["google"],
    what: "a record of a stream has no sequence number",
    reason: "Pub/Sub keeps the order of a key, and numbers nothing.",
    undo: replace("click", "sequence", false, true),
  },
  {
    clouds: ["azure"],
    what: "an insert is an upsert",
    reason:
      "Cosmos DB's feed of latest versions does not tell whether a document is new. Its feed of all versions does.",
    undo: replace("change", "action", "upsert", "insert"),
  },
];
