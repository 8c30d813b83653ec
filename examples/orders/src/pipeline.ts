// What happens after an order was placed: one function per kind of event, and no cloud in sight.
import {
  change,
  deadLetter,
  event,
  invoke,
  object,
  queue,
  retry,
  type Sink,
  schedule,
  stream,
  topic,
  validate,
} from "@portico/core";
import { z } from "zod";

const Placed = z.object({ id: z.string(), sku: z.string(), quantity: z.number().int().positive() });

/** Orders wait here until they can be packed. What cannot be read is set aside, what is out of stock comes again. */
export const fulfil = queue("orders")
  .use(validate(Placed))
  .handle((message, { input, log }) => {
    log.info("fulfil", { order: input.id, sku: input.sku });
    if (input.sku === "discontinued") return deadLetter("this article is no longer sold");
    if (input.sku === "out-of-stock" && (message.attempt ?? 1) < 2) return retry();
  });

/** Everybody who wants to know hears of a new order: here, the mail to the customer. */
export const welcome = topic("order-placed")
  .use(validate(Placed))
  .handle((_message, { input, log }) => log.info("welcome", { order: input.id }));

/** Clicks of the shop, in the order in which each visitor made them. */
export const clicks = stream("clicks").handle(async (record, { log }) =>
  log.info("click", { page: await record.text(), sequence: record.sequence !== "" }),
);

/** An invoice was written to the bucket. */
export const invoiceStored = object("invoices", { actions: ["created"] }).handle(
  ({ bucket, key, action, size }, { log }) => log.info("invoice", { bucket, key, action, size }),
);

/** The order's row changed. */
export const orderChanged = change("orders").handle(({ table, key, action, after }, { log }) =>
  log.info("change", { table, key, action, total: String(after?.total) }),
);

/** The report of the night. */
export const nightlyReport = schedule("0 3 * * *", { timeZone: "Europe/Paris" }).handle(({ scheduledTime }, { log }) =>
  log.info("report", { due: scheduledTime.toISOString() }),
);

/** Whatever else happens in the account that is of interest. */
export const audit = event({ types: "com.example.payment.*" }).handle(async (given, { log }) =>
  log.info("audit", { type: given.type, data: await given.json() }),
);

/** What an order would cost: called directly, by another function or a workflow. */
export const quote = invoke("quote")
  .use(validate(Placed.omit({ id: true })))
  .handle((_call, { input }) => ({ sku: input.sku, total: input.quantity * 10 }));

/** Where dead letters go. A real one writes them to a bucket or a table, under its key, and bears duplicates. */
export const sink: Sink = async (_message, reason, { log, key }) => log.warn("set aside", { reason, key: key !== "" });
