import { type ChangeAction, type ChangeEvent, type ChangeItem, changeFacts } from "../kinds/change.js";
import { toBuffered } from "../kinds/cloud-event.js";
import type { Invocation } from "../kinds/invoke.js";
import type { NeutralEvent } from "../kinds/neutral-event.js";
import { type ObjectAction, type ObjectEvent, objectFacts } from "../kinds/object.js";
import type { ScheduleEvent } from "../kinds/schedule.js";
import { toRawJson } from "../payload.js";
import { plainEvent } from "../printed.js";
import type { ReadStore } from "../resources/object-store.js";
import { openObject } from "../resources/open-object.js";
import type { Carried } from "./carried.js";
import type { CloudEventV1 } from "./cloud-event-v1.js";
import { Envelope } from "./envelope.js";
import { fromExact, toExact } from "./exact.js";
import { isBoolean, isNumber, isObject, isOneOf, isText } from "./guards.js";
import { carrySequence } from "./message.js";
import { malformed } from "./parsed.js";

const json = "application/json";

/** An object event: its facts are the data. */
export function fromObject(event: ObjectEvent): CloudEventV1 {
  const envelope = new Envelope(event, `dev.portico.object.${event.action}`);
  envelope.carryTime("time", event.time);
  envelope.mention("subject", event.key);
  envelope.mention("sequence", event.sequence);
  return envelope.close({ datacontenttype: json, data: toExact(objectFacts(event)) });
}

/** A change: its facts are the data, every value exact. */
export function fromChange(event: ChangeEvent): CloudEventV1 {
  const envelope = new Envelope(event, `dev.portico.change.${event.action}`);
  envelope.carryTime("time", event.time);
  envelope.mention("subject", event.table);
  carrySequence(envelope, event.sequence);
  return envelope.close({ datacontenttype: json, data: toExact(changeFacts(event)) });
}

/** A tick: its payload is the data. */
export async function fromSchedule(event: ScheduleEvent): Promise<CloudEventV1> {
  const envelope = new Envelope(event, "dev.portico.schedule.tick");
  envelope.carryTime("time", event.time);
  envelope.carryTime("scheduledtime", event.scheduledTime);
  envelope.carry("late", event.late);
  return envelope.close({ datacontenttype: json, data: envelope.value(await event.json()) });
}

/** A call: its payload is the data. */
export function fromInvocation(event: Invocation): CloudEventV1 {
  const envelope = new Envelope(event, "dev.portico.invoke.call");
  envelope.carryTime("time", event.time);
  if (event.payload === undefined) return envelope.close({});
  return envelope.close({ datacontenttype: json, data: envelope.value(event.payload) });
}

function fromValue(carried: Carried): unknown {
  const value = readJson(carried);
  return carried.kept("tagged", isBoolean) ? fromExact(value) : value;
}

function readJson({ data }: Carried): unknown {
  if (data.kind === "json") return data.value;
  if (data.kind === "none") throw malformed("It has no data.");
  try {
    return toRawJson(toBuffered(data));
  } catch (cause) {
    throw malformed("Its data is not valid JSON.", cause);
  }
}

/** @throws {HandlerError} EVENT_MALFORMED when the data does not hold what an object event of ours holds. */
export function toObject(carried: Carried): ObjectEvent {
  const facts = readFacts(carried);
  const about = {
    bucket: fact(facts, "bucket", isText),
    key: fact(facts, "key", isText),
    action: fact(facts, "action", isObjectAction),
    permanent: optional(facts, "permanent", isBoolean),
    size: optional(facts, "size", isNumber),
    etag: optional(facts, "etag", isText),
    version: optional(facts, "version", isText),
    sequence: optional(facts, "sequence", isText),
    contentType: optional(facts, "contentType", isText),
  };
  return plainEvent({
    ...origin("object", carried),
    ...about,
    json: async () => objectFacts(about),
    open: (store: ReadStore) => openObject(about, store),
  });
}

/** @throws {HandlerError} EVENT_MALFORMED when the data does not hold what a change of ours holds. */
export function toChange(carried: Carried): ChangeEvent {
  const facts = readFacts(carried);
  const about = {
    table: fact(facts, "table", isText),
    key: fact(facts, "key", isItem),
    action: fact(facts, "action", isChangeAction),
    before: optional(facts, "before", isItem),
    after: optional(facts, "after", isItem),
    expired: optional(facts, "expired", isBoolean),
    partition: optional(facts, "partition", isText),
    sequence: optional(facts, "sequence", isText),
  };
  return plainEvent({ ...origin("change", carried), ...about, json: async () => changeFacts(about) });
}

/** @throws {HandlerError} EVENT_MALFORMED when the payload is not JSON. */
export function toSchedule(carried: Carried): ScheduleEvent {
  const payload = carried.data.kind === "none" ? null : fromValue(carried);
  const scheduledTime = carried.timeOf("scheduledtime") ?? carried.time;
  return plainEvent({
    ...origin("schedule", carried),
    scheduledTime,
    late: carried.boolean("late"),
    json: async () => payload,
  });
}

/** @throws {HandlerError} EVENT_MALFORMED when the payload is not JSON. */
export function toInvocation(carried: Carried): Invocation {
  const payload = carried.data.kind === "none" ? undefined : fromValue(carried);
  return plainEvent({ ...origin("invoke", carried), payload, json: async () => payload });
}

function origin<K extends string>(kind: K, { id, source, time, native }: Carried): Omit<NeutralEvent<K>, "json"> {
  return { kind, id, source, time, native };
}

type Facts = Readonly<Record<string, unknown>>;

/** The data of an event of ours, its exact values restored. */
export function readFacts(carried: Carried): Facts {
  const facts = fromExact(readJson(carried));
  if (isObject(facts)) return facts;
  throw malformed("Its data is not an object.");
}

/** One member of the data. */
export function fact<T>(facts: Facts, name: string, is: (value: unknown) => value is T): T {
  const value = optional(facts, name, is);
  if (value === undefined) throw malformed(`Its data has no "${name}".`);
  return value;
}

/** One member of the data that may be absent. */
export function optional<T>(facts: Facts, name: string, is: (value: unknown) => value is T): T | undefined {
  const value = facts[name];
  if (value === undefined || is(value)) return value;
  throw malformed(`"${name}" in its data is of another type.`);
}

const isObjectAction = /* @__PURE__ */ isOneOf<ObjectAction>("created", "deleted", "updated", "archived", "restored");
const isChangeAction = /* @__PURE__ */ isOneOf<ChangeAction>("insert", "update", "delete", "upsert");
const isItem = (value: unknown): value is ChangeItem => isObject(value);
