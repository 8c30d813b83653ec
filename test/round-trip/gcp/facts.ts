import { type AnyEvent, type ChangeValue, Decimal, type HttpRequest, type Message, toCloudEvent } from "@portico/core";

export type Facts = Record<string, unknown>;

/** All that an event says, as plain data that can be compared. */
export async function factsOf(event: AnyEvent): Promise<Facts> {
  const { kind, id, source } = event;
  const origin = { id, source, time: event.time.getTime() };
  switch (kind) {
    case "queue":
    case "topic":
      return { ...origin, ...(await ofMessage(event)), groupId: event.groupId, sequence: event.sequence };
    case "stream": {
      const { partition, partitionKey, sequence, key, headers, tombstone } = event;
      return { ...origin, ...(await ofMessage(event)), partition, partitionKey, sequence, key, headers, tombstone };
    }
    case "object":
      return { ...origin, ...((await event.json()) as Facts) };
    case "change": {
      const { table, key, action, before, after, expired, partition, sequence } = event;
      const sides = { key: canonical(key), before: canonical(before), after: canonical(after) };
      return { ...origin, table, action, expired, partition, sequence, ...sides };
    }
    case "schedule":
      return { ...origin, scheduledTime: event.scheduledTime.getTime(), late: event.late, payload: await event.json() };
    case "invoke":
      return { ...origin, payload: event.payload };
    case "event": {
      const { time: _, datacontenttype, ...sent } = await toCloudEvent(event);
      const { source: own, ...rest } = sent;
      // JSON without a type is declared by whoever sends it.
      const type = datacontenttype ?? ("data" in sent ? "application/json" : undefined);
      return {
        ...rest,
        source: own,
        time: "timestamp" in event ? event.timestamp : event.time.toISOString(),
        datacontenttype: type,
      };
    }
    case "http":
      return { ...origin, ...(await ofRequest(event)) };
  }
}

async function ofMessage(message: Message): Promise<Facts> {
  const { attributes, contentType, correlationId, subject, replyTo, attempt } = message;
  const body = Buffer.from(await message.bytes()).toString("hex");
  return { attributes: { ...attributes }, contentType, correlationId, subject, replyTo, attempt, body };
}

async function ofRequest(request: HttpRequest): Promise<Facts> {
  const { method, path, query, headers, clientIp, identity, basePath, url } = request;
  const ofWay = /^(?:host|content-length|connection|x-forwarded-|traceparent|tracestate)/;
  const lines = [...headers.keys()]
    .filter((name) => !ofWay.test(name))
    .map((name) => [name, headers.getAll(name).map((line) => line.trim())]);
  const body = Buffer.from(await request.bytes()).toString("hex");
  const [scheme] = url.split(":");
  return { method, path, query: [...query], lines, clientIp, identity, basePath, scheme, body };
}

/** A value in one spelling: integers as text, times as their digits, maps by name. */
function canonical(value: ChangeValue | undefined): unknown {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value) && !Object.is(value, -0))) {
    return { integer: String(BigInt(value)) };
  }
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return { time: Number.isNaN(value.getTime()) ? "none" : value.toISOString() };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("hex") };
  if (value instanceof Decimal) return { decimal: value.text };
  if (Array.isArray(value)) return value.map(canonical);
  return { map: new Map(Object.entries(value).map(([name, member]) => [name, canonical(member as ChangeValue)])) };
}
