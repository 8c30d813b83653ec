import { queue as onQueue } from "@portico/aws/queue";
import { deadLetter, queue, retry } from "@portico/core";

const orders = queue("orders").handle(async (message, { log }) => {
  const { todo } = await message.json();
  log.info("got it", { todo, attempt: message.attempt });
  if (todo === "retry") return retry();
  if (todo === "dead") return deadLetter("cannot be done");
  if (todo === "throw") throw new Error("a secret reason");
  if (todo === "never") await new Promise(() => undefined);
});

const sink = async (_message, reason, { log, key }) => log.warn("sunk", { reason, key });
export const partial = onQueue(orders, { batchItemFailures: true, sink, timeoutMs: 1000 });
export const whole = onQueue(orders, { sink, timeoutMs: 1000 });
