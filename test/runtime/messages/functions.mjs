import { change, deadLetter, event, every, invoke, object, queue, retry, schedule, stream, topic } from "@portico/core";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const say = (text) => void process.stdout.write(`${text}\n`);
const seen = (one) => say(`got ${one.kind} ${one.id}`);

/** Does what the text of the message says. */
export const work = queue("orders").handle(async (message) => {
  const text = await message.text();
  say(`began ${message.id}`);
  if (text === "retry") return retry({ afterSeconds: 7 });
  if (text === "dead") return deadLetter("never");
  if (text === "throw") throw undefined;
  if (text === "hang") await new Promise(() => {});
  if (text.startsWith("wait ")) await pause(Number(text.slice(5)));
  say(`ended ${message.id}`);
});
export const news = topic("news").handle(seen);
export const track = stream("track").handle(seen);
export const files = object("b").handle((one) => say(`got ${one.kind} ${one.key} ${one.action}`));
export const documents = change("col").handle((one) =>
  say(`got ${one.kind} ${one.table} ${JSON.stringify(one.after)}`),
);
export const audit = event({ types: "com.acme.*" }).handle(seen);
export const nightly = schedule("0 3 * * *").handle(seen);
export const often = schedule(every("1 second")).handle(async (tick) => {
  say(`tick ${tick.scheduledTime.toISOString()}`);
  await pause(500);
  say("tick ended");
});
export const quote = invoke("quote").handle(({ payload }) => ({ total: payload.n * 2 }));
