import type { QueueMessage } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { isOnTheWay } from "../../pubsub/delivery.js";
import { toHeaderText } from "../carry.js";
import { toBody } from "../event-call.js";
import { type GoogleRequest, toPost } from "../google-request.js";

const carrier = "A task of Cloud Tasks";
const maxBytes = 1024 * 1024;

/** @throws {HandlerError} EVENT_UNENCODABLE when Cloud Tasks cannot carry it. */
export async function encodeTask(message: QueueMessage, queue: string): Promise<GoogleRequest> {
  const { id, time, attempt = 1, contentType } = message;
  const body = await message.bytes();
  if (body.length > maxBytes) throw unencodable(carrier, "body", `it is longer than ${maxBytes} bytes`);
  if (!(attempt >= 1 && attempt <= 1_000_000_000)) {
    throw unencodable(carrier, "attempt", "Cloud Tasks counts attempts from 1");
  }
  if (!(time.getTime() > 0)) throw unencodable(carrier, "time", "a task is due after the year 1970");
  const [, name = queue] = /^\/\/cloudtasks\.googleapis\.com\/queues\/([\w-]+)$/.exec(message.source) ?? [];
  const request = toPost(
    {
      ...toFields(message),
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
    if (!/^[!#$%&'*+\-.^_`|~\da-z]+$/.test(name) || isOnTheWay(name)) {
      throw unencodable(carrier, `attribute ${name}`, "its name is none that a header field of a task can have");
    }
    fields[name] = value === "" ? value : toHeaderText(carrier, `attribute ${name}`, value);
  }
  return fields;
}
