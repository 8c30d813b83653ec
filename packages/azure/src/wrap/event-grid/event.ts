import { type ChangeValue, type CloudEvent, type CloudEventV1, type TopicMessage, toCloudEvent } from "@portico/core";
import { toRawJson } from "@portico/core/adapter";
import { toJson } from "../json.js";
import { demand, type GridDocument, gridFields, toGridTime } from "./carrier.js";

const { refuse, text } = gridFields;
const hint = 'Where the handler can take CloudEvents, say `schema: "CloudEventSchemaV1_0"`.';

/** A CloudEvent in Event Grid's own schema, which has no place for further attributes, nor for the type of the data. */
export async function toGridEvent(event: CloudEvent): Promise<GridDocument> {
  const data = await readData(event);
  if (data instanceof Uint8Array) throw refuse("data", "it is binary", hint);
  const { dataversion = "" } = event.extensions;
  return {
    id: demand("id", event.id),
    topic: demand("source", event.source),
    subject: text("subject", event.subject) ?? "",
    eventType: demand("type", event.type),
    eventTime: event.timestamp ?? toGridTime(event.time),
    ...(data !== undefined && { data: toJson(data as ChangeValue, "data", gridFields) }),
    dataVersion: String(dataversion),
    metadataVersion: "1",
  };
}

/** A CloudEvent as it is, where Event Grid can carry it as it is. JSON is written anew: how it was spaced is not carried. */
export async function toPlainCloudEvent(event: CloudEvent): Promise<CloudEventV1> {
  const { porticometa, ...cloudEvent } = (await toCloudEvent(event)) as CloudEventV1 & { porticometa?: string };
  const kept = Object.keys(porticometa === undefined ? {} : (JSON.parse(porticometa) as object));
  const [name] = kept.filter((one) => one !== "body");
  if (name === undefined) return cloudEvent;
  throw refuse(name === "tagged" ? "data" : name, "a CloudEvent has no form for what it is");
}

/** A message in Event Grid's own schema: its payload is the data. */
export async function toGridMessage(message: TopicMessage, type: string): Promise<GridDocument> {
  let data: unknown;
  try {
    data = toRawJson(await message.bytes());
  } catch {
    throw refuse("body", "it is no JSON", hint);
  }
  return {
    id: demand("id", message.id),
    topic: demand("source", message.source),
    subject: text("subject", message.subject) ?? "",
    eventType: type,
    eventTime: toGridTime(message.time),
    data: toJson(data as ChangeValue, "body", gridFields),
    dataVersion: message.attributes.dataversion ?? "",
    metadataVersion: "1",
  };
}

/** A message as a CloudEvent: everything of it is carried, what no attribute can hold included. */
export async function toMessageCloudEvent(message: TopicMessage, type: string): Promise<CloudEventV1> {
  return { ...(await toCloudEvent(message)), type };
}

async function readData(event: CloudEvent): Promise<unknown> {
  try {
    return event.data;
  } catch {
    // JSON with keys that a reader may not have: carried, it still may not.
    return toRawJson(await event.bytes());
  }
}
