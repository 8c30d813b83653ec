import type { QueueMessage } from "@portico/core";
import { toText, unencodable } from "@portico/core/adapter";
import { isOnTheWay } from "../../pubsub/delivery.js";
import { toHeaderText } from "../carry.js";
import { toBody } from "../event-call.js";
import { type GoogleRequest, toPost } from "../google-request.js";

const carrier = "A task of Cloud Tasks";
const maxBytes = 1024 * 1024;

/**
 * A message as exactly the task that reads back as this message.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when Cloud Tasks cannot carry it.
 */
export function encodeTask(message: QueueMessage, queue: string): Promise<GoogleRequest> {
  return toTask(message, queue, toFields(message), message.contentType);
}

/**
 * A message of any queue as the task that its creator would have made of it, for a handler that knows tasks alone: JSON is said to be JSON, so
 * that it is parsed; attributes are header fields, which have no capitals; and what stands for a member of the message, or for the trace, is
 * where a request has it.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when Cloud Tasks cannot carry it.
 */
export async function createTask(message: QueueMessage, queue: string): Promise<GoogleRequest> {
  const isJson = message.contentType === undefined && isObject(toText(await message.bytes()));
  return toTask(message, queue, toFreeFields(message), isJson ? "application/json" : message.contentType);
}

async function toTask(
  message: QueueMessage,
  queue: string,
  fields: GoogleRequest["headers"],
  contentType: string | undefined,
): Promise<GoogleRequest> {
  const { id, time, attempt = 1 } = message;
  const body = await message.bytes();
  if (body.length > maxBytes) throw unencodable(carrier, "body", `it is longer than ${maxBytes} bytes`);
  if (!(attempt >= 1 && attempt <= 1_000_000_000)) {
    throw unencodable(carrier, "attempt", "Cloud Tasks counts attempts from 1");
  }
  if (!(time.getTime() > 0)) throw unencodable(carrier, "time", "a task is due after the year 1970");
  const [, name = queue] = /^\/\/cloudtasks\.googleapis\.com\/queues\/([\w-]+)$/.exec(message.source) ?? [];
  const request = toPost(
    {
      ...fields,
      "user-agent": "Google-Cloud-Tasks",
      "content-type": contentType === undefined ? undefined : toHeaderText(carrier, "contentType", contentType),
      "x-cloudtasks-queuename": toHeaderText(carrier, "queue", name),
      "x-cloudtasks-taskname": toHeaderText(carrier, "id", id),
      "x-cloudtasks-taskretrycount": String(attempt - 1),
      "x-cloudtasks-taskexecutioncount": String(attempt - 1),
      "x-cloudtasks-tasketa": (time.getTime() / 1000).toFixed(6),
    },
    body,
  );
  // What the framework refuses, the function never gets, however often it is tried.
  toBody(request);
  return request;
}

/** Attributes are header fields of the task: lower case, and none that means something else on the way. */
function toFields({ attributes }: QueueMessage): Readonly<Record<string, string>> {
  const fields: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(attributes)) {
    if (!token.test(name) || isOnTheWay(name)) throw noField(name);
    fields[name] = value === "" ? value : toHeaderText(carrier, `attribute ${name}`, value);
  }
  return fields;
}

// What stands for a member of the message, or for its trace, in any platform's spelling.
const elsewhere: ReadonlySet<string> = new Set(["content-type", "contenttype", "traceparent", "tracestate"]);

/** What a creator of tasks may set, though the way here sets it too. */
const settable = /^(?:accept.*|authorization|cookie|cache-control|forwarded|from|pragma|sec-.*|via|x-forwarded-.*)$/;

function toFreeFields(message: QueueMessage): GoogleRequest["headers"] {
  const fields: Record<string, string | string[]> = Object.create(null);
  const add = (name: string, value: string): void => {
    const field = name.toLowerCase();
    if (elsewhere.has(field) || isTrace.test(field)) return;
    if (!token.test(field) || (isOnTheWay(field) && !settable.test(field))) throw noField(name);
    const text = value === "" ? value : toHeaderText(carrier, `attribute ${name}`, value);
    fields[field] = field in fields ? [fields[field] ?? [], text].flat() : text;
  };
  for (const [name, value] of Object.entries(message.attributes)) add(name, value);
  for (const name of ["correlationId", "subject", "replyTo"] as const) {
    const value = message[name];
    if (value !== undefined && !(name.toLowerCase() in fields)) add(name, value);
  }
  return fields;
}

// Client libraries of Pub/Sub write the trace with a prefix.
const isTrace = /^googclient_/;
const token = /^[!#$%&'*+\-.^_`|~\da-z]+$/;

function noField(name: string) {
  return unencodable(carrier, `attribute ${name}`, "its name is none that a header field of a task can have");
}

/** Whether text is an object or a list of JSON, which the functions framework parses: it refuses all other JSON. */
function isObject(text: string): boolean {
  if (!/^[\t\n\r ]*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
