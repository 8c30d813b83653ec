import type { AnyEvent } from "@portico/core";
import { fake } from "@portico/testing";

export type Kind = "queue" | "topic" | "stream" | "object" | "change" | "schedule" | "event" | "invoke";

/** Something that happens on every cloud, told in its own events. */
export interface Step<K extends Kind = Kind> {
  readonly kind: K;
  readonly what: string;
  readonly event: Extract<AnyEvent, { readonly kind: K }>;
  /** What becomes of the event: it is done, it comes again, or it is answered. */
  readonly meaning: "done" | "again" | "answer";
  /** What the handler's log must have, whatever its words. */
  readonly says?: RegExp;
  readonly answer?: unknown;
}

const order = { id: "o-1", sku: "mug", quantity: 2 };
const rare = { id: "o-2", sku: "out-of-stock", quantity: 1 };

export const steps: readonly Step[] = [
  {
    kind: "queue",
    what: "an order",
    event: fake.queue({ source: "orders", json: order, attempt: 1 }),
    meaning: "done",
    says: /(fulfilled|shipped) o-1/,
  },
  {
    kind: "queue",
    what: "an order that fails",
    event: fake.queue({ source: "orders", json: rare, attempt: 1 }),
    meaning: "again",
    says: /o-2 is out of stock/,
  },
  {
    kind: "topic",
    what: "an order placed",
    event: fake.topic({ source: "order-placed", json: order }),
    meaning: "done",
    says: /welcome o-1/,
  },
  {
    kind: "stream",
    what: "a click",
    event: fake.stream({ source: "clicks", text: "/mugs", sequence: "7" }),
    meaning: "done",
    says: /click \/mugs/,
  },
  {
    kind: "object",
    what: "an invoice",
    event: fake.object({ bucket: "invoices", key: "2026/o 1+ü.pdf", action: "created", size: 4096 }),
    meaning: "done",
    says: /stored invoices 2026\/o 1\+ü\.pdf 4096/,
  },
  {
    kind: "change",
    what: "an order inserted",
    event: fake.change({
      table: "orders",
      key: { id: "o-1" },
      action: "insert",
      after: { id: "o-1", total: 12.5 },
      sequence: "42",
    }),
    meaning: "done",
    says: /changed .*o-1 .*12\.5/,
  },
  {
    kind: "schedule",
    what: "the night",
    event: fake.schedule({ scheduledTime: new Date("2026-03-05T03:00:00Z") }),
    meaning: "done",
    says: /report for 2026-03-05/,
  },
  {
    kind: "event",
    what: "a payment",
    event: fake.event({ type: "payment.settled", source: "com.example.shop", json: { order: "o-1" } }),
    meaning: "done",
    says: /paid o-1/,
  },
  {
    kind: "invoke",
    what: "a quote",
    event: fake.invoke({ json: { sku: "mug", quantity: 3 } }),
    meaning: "answer",
    answer: { sku: "mug", total: 30 },
  },
];
