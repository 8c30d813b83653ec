// One function per kind, whose event says what it is to do. Plain JavaScript, so that each cloud's own runtime can load it as it stands.
import { createHash } from "node:crypto";
import {
  ack,
  change,
  deadLetter,
  drop,
  event,
  HandlerError,
  object,
  queue,
  retry,
  schedule,
  stream,
  topic,
} from "@portico/core";

/** Longer than `timeoutMs` of every deployment. Milliseconds. */
const slowMs = 500;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a message asks for: its first word, or the member `todo` where it is a JSON object. */
function wordOf(bytes) {
  const text = Buffer.from(bytes).toString("latin1");
  if (text.startsWith("{")) return JSON.parse(text).todo;
  return /^[a-z-]+/.exec(text)?.[0];
}

const readers = {
  async message(message) {
    const bytes = await message.bytes();
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { todo: wordOf(bytes), facts: { length: bytes.length, sha256, attempt: message.attempt ?? null } };
  },
  async object(one) {
    const { key, bucket, action } = one;
    // A store that says what it was asked for: which object an event opens is the same everywhere.
    const store = { "~keyOf": (...names) => names.join(" ") };
    return { todo: key.split("/")[1], facts: { key, bucket, action, opens: one.open(store).key } };
  },
  async change({ key, table, action, after }) {
    return { todo: after?.todo, facts: { key, table, action, after } };
  },
  async schedule(tick) {
    const payload = await tick.json();
    const { scheduledTime, source } = tick;
    // A clock without a payload is told apart by its name.
    return { todo: payload?.todo ?? source.split(/[/_]/).at(-1), facts: { scheduledTime: scheduledTime.toJSON() } };
  },
  async event(one) {
    const data = await one.json();
    return { todo: data?.todo, facts: { type: one.type, data } };
  },
};

const doings = {
  ok: () => undefined,
  ack: () => ack(),
  retry: () => retry(),
  later: () => retry({ afterSeconds: 7 }),
  dead: () => deadLetter("it can never be done"),
  "dead-unsunk": () => deadLetter("the sink fails"),
  drop: () => drop("nobody needs it"),
  throw: () => {
    throw new Error("a secret reason");
  },
  "throw-undefined": () => {
    throw undefined;
  },
  reject: () => Promise.reject("a secret reason"),
  permanent: () => {
    throw new HandlerError("NOT_FOUND", "There is no such order.");
  },
  // The payload starts with a word, and so is no JSON.
  parse: async (message) => void (await message.json()),
  garbage: () => ({ batchItemFailures: [] }),
  number: () => 200,
  wait: (_event, { waitUntil, log }) => {
    waitUntil(pause(30).then(() => log.info("waited for")));
  },
  "wait-fails": (_event, { waitUntil }) => {
    waitUntil(pause(10).then(() => Promise.reject(new Error("a secret reason"))));
  },
  // Longer than the deployment lets it run, and deaf to the signal.
  slow: (_event, { log }) => pause(slowMs).then(() => log.info("over at last")),
};

const handle = (read) => async (one, context) => {
  const { todo = "ok", facts } = await read(one);
  const { kind, id, source, time } = one;
  context.log.info("handling", { contract: { kind, id, source, time: time.toJSON(), todo, ...facts } });
  return doings[todo in doings ? todo : "ok"](one, context);
};

/** Takes what can never be done, unless the reason says otherwise. */
export async function sink(message, reason, { log, key }) {
  if (reason.includes("the sink fails")) throw new Error("the store of dead letters is away");
  log.warn("sunk", { contract: { key, reason, id: message.id, source: message.source, kind: message.kind } });
}

/** One function of each message kind, and their sink. */
export const contract = {
  sink,
  onMessage: queue("orders").handle(handle(readers.message)),
  onPublished: topic("orders").handle(handle(readers.message)),
  onRecord: stream("orders").handle(handle(readers.message)),
  onObject: object("orders").handle(handle(readers.object)),
  onChange: change("orders").handle(handle(readers.change)),
  onTick: schedule("0 3 * * *").handle(handle(readers.schedule)),
  onEvent: event().handle(handle(readers.event)),
};
