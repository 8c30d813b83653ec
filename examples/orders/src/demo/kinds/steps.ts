/** What the platform makes of an outcome, whatever it calls it: forget the event, deliver it again, or take the answer. */
export type Meaning = "done" | "again" | "answer";

/** A line that a function logs, without what a platform adds. */
export interface Line {
  readonly message: string;
  readonly [fact: string]: unknown;
}

/** Something that happens in every cloud, told in its own events. */
export interface Step {
  readonly name: string;
  readonly kind: Kind;
  /** What the event is about; its shape is each cloud's. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Which delivery this is. */
  readonly attempt: number;
  readonly meaning: Meaning;
  /** What the functions must have logged. */
  readonly lines: readonly Line[];
  /** What must be answered. */
  readonly answer?: unknown;
}

export type Kind = "queue" | "topic" | "stream" | "object" | "change" | "schedule" | "event" | "invoke";

const order = { id: "o-1", sku: "mug", quantity: 2 };
const rare = { id: "o-2", sku: "out-of-stock", quantity: 1 };
const invalid = { id: "o-3", sku: "mug", quantity: 0 };
const ended = { id: "o-4", sku: "discontinued", quantity: 1 };

/** When the nightly report is due. */
export const due = "2025-03-05T02:00:00.000Z";

const invalidReason = "INPUT_INVALID: The input is not valid.";
const first = { attempt: 1, meaning: "done" } as const;

export const steps: readonly Step[] = [
  {
    ...first,
    name: "queue: an order",
    kind: "queue",
    data: order,
    lines: [{ message: "fulfil", order: "o-1", sku: "mug" }],
  },
  {
    ...first,
    name: "queue: out of stock, retry",
    kind: "queue",
    data: rare,
    meaning: "again",
    lines: [{ message: "fulfil", order: "o-2", sku: "out-of-stock" }],
  },
  {
    ...first,
    name: "queue: it comes again",
    kind: "queue",
    data: rare,
    attempt: 2,
    lines: [{ message: "fulfil", order: "o-2", sku: "out-of-stock" }],
  },
  {
    ...first,
    name: "queue: a poison message",
    kind: "queue",
    data: invalid,
    lines: [{ message: "set aside", reason: invalidReason, key: true }],
  },
  {
    ...first,
    name: "queue: a dead letter",
    kind: "queue",
    data: ended,
    lines: [
      { message: "fulfil", order: "o-4", sku: "discontinued" },
      { message: "set aside", reason: "this article is no longer sold", key: true },
    ],
  },
  { ...first, name: "topic: order placed", kind: "topic", data: order, lines: [{ message: "welcome", order: "o-1" }] },
  {
    ...first,
    name: "topic: a poison message",
    kind: "topic",
    data: invalid,
    // Nothing to set it aside: the platform's own dead-letter queue gets it in the end.
    meaning: "again",
    lines: [
      {
        message: "the message cannot be handled, and there is no sink: left to the platform's own redelivery",
        reason: invalidReason,
      },
    ],
  },
  {
    ...first,
    name: "stream: a click",
    kind: "stream",
    data: { page: "/mugs", visitor: "v-1" },
    lines: [{ message: "click", page: "/mugs", sequence: true }],
  },
  {
    ...first,
    name: "object: an invoice is stored",
    kind: "object",
    data: { bucket: "invoices", key: "2025/o-1 ü.pdf", size: 4096 },
    lines: [{ message: "invoice", bucket: "invoices", key: "2025/o-1 ü.pdf", action: "created", size: 4096 }],
  },
  {
    ...first,
    name: "change: an order is inserted",
    kind: "change",
    data: { id: "o-1", total: 12.5 },
    lines: [{ message: "change", table: "orders", key: { id: "o-1" }, action: "insert", total: "12.5" }],
  },
  { ...first, name: "schedule: the night", kind: "schedule", data: {}, lines: [{ message: "report", due }] },
  {
    ...first,
    name: "event: a payment",
    kind: "event",
    data: { order: "o-1", amount: 12.5 },
    lines: [{ message: "audit", type: "com.example.payment.settled", data: { order: "o-1", amount: 12.5 } }],
  },
  {
    ...first,
    name: "invoke: a quote",
    kind: "invoke",
    data: { sku: "mug", quantity: 3 },
    meaning: "answer",
    lines: [],
    answer: { sku: "mug", total: 30 },
  },
];
