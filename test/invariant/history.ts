import fc from "fast-check";

/** What becomes of a message when it is run; after the last step of its script it is acknowledged. */
export type Step =
  | "ack"
  | "drop"
  | "retry"
  | "throw"
  | "deadLetter"
  | "permanent"
  /** Dead-lettered to a sink that fails, hangs, or takes longer than there is time. */
  | "sinkFails"
  | "sinkHangs"
  | "sinkLate"
  /** Dead-lettered to a sink that returns at once and stores the message behind `waitUntil`. */
  | "sinkBackground"
  /** Never settles, once or again and again, or long after it was abandoned. */
  | "hangs"
  | "hangsAlways"
  | "late"
  /** Acknowledged while its work goes on behind `waitUntil`, which ends in time or does not. */
  | "background"
  | "backgroundLate";

/** What happens to the process that handles a delivery. */
type Accident =
  | { readonly kind: "none" }
  /** It dies when so many handlers have begun. */
  | { readonly kind: "crash"; readonly at: number }
  /** The answer is lost, and the process goes on, or dies. */
  | { readonly kind: "lost"; readonly dies: boolean };

/** One run of a platform: what is sent, what handlers do, what goes wrong, and how the platform chooses. */
export interface History {
  readonly messages: readonly { readonly group: number; readonly script: readonly Step[] }[];
  /** One per delivery, in turn. */
  readonly accidents: readonly Accident[];
  /** What the platform chooses wherever it may, in turn. */
  readonly choices: readonly number[];
  readonly concurrency: number;
  /** Whether the function takes all messages of a delivery at once. */
  readonly together: boolean;
  /** Whether a delivery may have its first message twice, where the platform could send such a thing. */
  readonly twice: boolean;
}

const steps: readonly Step[] = [
  "ack",
  "drop",
  "retry",
  "throw",
  "deadLetter",
  "permanent",
  "sinkFails",
  "sinkHangs",
  "sinkLate",
  "sinkBackground",
  "hangs",
  "hangsAlways",
  "late",
  "background",
  "backgroundLate",
];

const accident: fc.Arbitrary<Accident> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Accident>({ kind: "none" }) },
  { weight: 1, arbitrary: fc.nat({ max: 4 }).map((at): Accident => ({ kind: "crash", at })) },
  { weight: 1, arbitrary: fc.boolean().map((dies): Accident => ({ kind: "lost", dies })) },
);

export const histories: fc.Arbitrary<History> = fc.record({
  messages: fc.array(
    fc.record({
      group: fc.nat({ max: 2 }),
      script: fc.array(fc.constantFrom(...steps), { maxLength: 2, size: "max" }),
    }),
    { minLength: 1, maxLength: 5, size: "max" },
  ),
  accidents: fc.array(accident, { maxLength: 4, size: "max" }),
  choices: fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 8, size: "max" }),
  concurrency: fc.integer({ min: 1, max: 4 }),
  together: fc.boolean(),
  twice: fc.boolean(),
});

/** Takes one thing after the other, and from the start again. */
export class Choices {
  private next = 0;
  private readonly numbers: readonly number[];

  constructor(numbers: readonly number[]) {
    this.numbers = numbers;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    const choice = this.numbers[this.next++ % this.numbers.length] ?? 0;
    return limit <= 1 ? 0 : choice % limit;
  }
}
