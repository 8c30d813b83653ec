// Google Cloud functions as their authors write them: they know no other cloud.
import { act, digest, wordOf } from "./did.mjs";

/** A CloudEvent of Pub/Sub. */
export async function queue({ data }) {
  const { message } = data;
  const payload = Buffer.from(message.data ?? "", "base64");
  act(wordOf(payload), { id: message.messageId, ...digest(payload) });
}

export const topic = queue;

export async function stream({ data }) {
  const { message } = data;
  const payload = Buffer.from(message.data ?? "", "base64");
  act(wordOf(payload), { group: message.orderingKey, ...digest(payload) });
}

export async function object({ data, type }) {
  const created = type === "google.cloud.storage.object.v1.finalized";
  act(data.name.split("/")[1], { bucket: data.bucket, key: data.name, created });
}

const plain = ({ stringValue, integerValue, doubleValue }) => stringValue ?? doubleValue ?? Number(integerValue);

/** A background function of the first generation, with a callback: Firestore's values come as JSON. */
export function change(data, context, callback) {
  const { todo, text, number, big } = data.value.fields;
  const saw = { text: plain(text), number: plain(number), big: plain(big), keys: [context.resource ? "id" : ""] };
  try {
    act(plain(todo), saw);
    callback();
  } catch (error) {
    callback(error);
  }
}

/** Cloud Scheduler calls an HTTP function. */
const tick = (todo) => async (req, res) => {
  act(todo, { time: req.get("x-cloudscheduler-scheduletime"), type: req.method });
  res.sendStatus(200);
};
export const schedule = tick("ok");
export const scheduleThrow = tick("throw");

export async function event({ type, source, data }) {
  const { todo, text, number, big } = data;
  act(todo, { type, source, text, number, big });
}

export function invoke(req, res) {
  if (req.body.todo === "throw") throw new TypeError("a secret reason");
  res.json({ echo: req.body, request: true });
}

export async function http(req, res) {
  if (req.path.endsWith("/throw")) throw new TypeError("a secret reason");
  const saw = {
    method: req.method,
    path: req.path,
    query: req.originalUrl.split("?")[1] ?? "",
    header: req.get("x-any"),
    cookies: req.headers.cookie?.split("; ") ?? [],
    ...digest(req.rawBody ?? ""),
  };
  res.status(201).type("json").set("x-saw", "gcp");
  res.append("set-cookie", "a=1; Path=/").append("set-cookie", "b=2; HttpOnly");
  res.send(Buffer.from(JSON.stringify(saw)));
}
