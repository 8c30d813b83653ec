import type { Outcome } from "./clouds.js";
import type { Line, Step } from "./steps.js";

/** What is compared. */
export interface Seen {
  readonly meaning: Outcome["meaning"];
  readonly lines: readonly Line[];
}

/** Something in which the clouds differ, whatever software runs on them. */
export interface Difference {
  readonly clouds: readonly string[];
  readonly what: string;
  readonly reason: string;
  /** What would be seen without the difference. */
  undo(seen: Seen, step: Step): Seen;
}

const replace =
  (message: string, fact: string, from: unknown, to: unknown) =>
  (seen: Seen): Seen => ({
    ...seen,
    lines: seen.lines.map((line) => (line.message === message && line[fact] === from ? { ...line, [fact]: to } : line)),
  });

export const differences: readonly Difference[] = [
  {
    clouds: ["container"],
    what: "the topic's poison message is set aside",
    reason:
      "A server has one sink for all its functions; in the clouds each function is given its own, and this one has none.",
    undo: (seen, step) =>
      step.name === "topic: a poison message" && seen.lines.some(({ message }) => message === "set aside")
        ? { meaning: step.meaning, lines: step.lines }
        : seen,
  },
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
