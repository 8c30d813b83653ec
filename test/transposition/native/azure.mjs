// Azure functions of the v4 model as their authors write them: they know no other cloud.
import { act, digest, wordOf } from "./did.mjs";

/** Registered with `dataType: "binary"`. */
export async function queue(message, context) {
  context.log("a message of", context.options.trigger.queueName);
  act(wordOf(message), { id: context.triggerMetadata.messageId, ...digest(message) });
}

export async function topic(message, context) {
  act(wordOf(message), { id: context.triggerMetadata.messageId, ...digest(message) });
}

/** With cardinality `many`. */
export async function stream(events, context) {
  for (const [index, data] of events.entries()) {
    const { sequenceNumber } = context.triggerMetadata.systemPropertiesArray[index];
    act(wordOf(data), { sequence: String(sequenceNumber), ...digest(data) });
  }
}

/** An event of Event Grid's own schema. */
export async function object(event) {
  const [, bucket, key] = /\/containers\/([^/]+)\/blobs\/(.+)$/.exec(event.subject);
  act(key.split("/")[1], { bucket, key, created: event.eventType === "Microsoft.Storage.BlobCreated" });
}

export async function change(documents) {
  for (const { todo, text, number, big, id } of documents) {
    act(todo, { text, number, big, keys: id === undefined ? [] : ["id"] });
  }
}

const tick = (todo) => async (timer) => act(todo, { time: timer.scheduleStatus?.next, type: typeof timer.isPastDue });
export const schedule = tick("ok");
export const scheduleThrow = tick("throw");

export async function event({ type, eventType, source, topic: from, data }) {
  const { todo, text, number, big } = data;
  act(todo, { type: type ?? eventType, source: source ?? from, text, number, big });
}

export async function invoke(request, context) {
  const payload = await request.json();
  if (payload.todo === "throw") throw new TypeError("a secret reason");
  return { jsonBody: { echo: payload, request: context.invocationId !== "" } };
}

export async function http(request) {
  const { pathname, search, searchParams } = new URL(request.url);
  if (pathname.endsWith("/throw")) throw new TypeError("a secret reason");
  const saw = {
    method: request.method,
    path: pathname,
    query: search.slice(1),
    header: request.headers.get("x-any"),
    cookies: request.headers.get("cookie")?.split("; ") ?? [],
    ...digest(await request.arrayBuffer()),
  };
  return {
    status: searchParams.has("status") ? Number(searchParams.get("status")) : 201,
    headers: { "content-type": "application/json", "x-saw": "azure" },
    cookies: [
      { name: "a", value: "1", path: "/" },
      { name: "b", value: "2", httpOnly: true },
    ],
    body: Buffer.from(JSON.stringify(saw)),
  };
}
