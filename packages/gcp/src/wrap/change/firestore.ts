import type { ChangeEvent, ChangeItem } from "@portico/core";
import { toBytes, unencodable } from "@portico/core/adapter";
import type { DocumentEventData, FirestoreDocument } from "../../change/document.js";
import { toTimeText } from "../carry.js";
import { encodeCloudEvent } from "../cloud-event.js";
import type { GoogleRequest } from "../google-request.js";
import { projectOf } from "../options.js";
import { writeDocumentEvent } from "./document.js";
import { changedPaths } from "./mask.js";
import { type EncodeChangeOptions, type KnownAction, types } from "./options.js";
import { toFields } from "./value.js";

const carrier = "An event of Firestore";
const maxBytes = 1024 * 1024;
const schema =
  "https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/firestore/v1/data.proto";

/** @throws {HandlerError} EVENT_UNENCODABLE when Firestore cannot carry it. */
export function encodeFirestore(
  event: ChangeEvent,
  action: KnownAction,
  path: string,
  options: EncodeChangeOptions,
): GoogleRequest {
  checkPath(path);
  const { database = "(default)", written = false } = options;
  const [, project = projectOf(options), told = database] =
    /^\/\/firestore\.googleapis\.com\/projects\/([\w.:-]+)\/databases\/([\w()-]+)$/.exec(event.source) ?? [];
  const time = toTimeText(carrier, "time", event.time);
  const resource = `projects/${project}/databases/${told}`;
  const { before, after } = toItems(event, action, written);
  const document = (item: ChangeItem, field: string, isNew: boolean): FirestoreDocument => ({
    name: `${resource}/documents/${path}`,
    fields: toFields(item, field),
    ...(action === "insert" && { createTime: time }),
    ...(isNew && { updateTime: time }),
  });
  const data: DocumentEventData = {
    ...(after && { value: document(after, "after", true) }),
    ...(before && { oldValue: document(before, "before", false) }),
    ...(action === "update" && before && after && { updateMask: { fieldPaths: changedPaths(before, after) } }),
  };
  const isJson = options.encoding === "json" || (options.encoding === undefined && options.signature === "event");
  const body = isJson ? toBytes(JSON.stringify(data, refuseNegativeZero)) : writeDocumentEvent(data);
  if (body.length > 2 * maxBytes) throw unencodable(carrier, "after", `a document is no longer than ${maxBytes} bytes`);
  return encodeCloudEvent({
    carrier,
    attributes: {
      id: event.id,
      source: `//firestore.googleapis.com/${resource}`,
      type: `google.cloud.firestore.document.v1.${written ? "written" : types[action]}`,
      subject: `documents/${path}`,
      time,
      location: options.location ?? "nam5",
      project,
      database: told,
      namespace: "(default)",
      document: path,
      dataschema: schema,
    },
    contentType: isJson ? "application/json" : "application/protobuf",
    body,
  });
}

/** A collection and a document in it, by turns. */
function checkPath(path: string): void {
  const parts = path.split("/");
  const isPath = parts.length % 2 === 0 && parts.every((part) => part !== "" && !/^\.\.?$|^__.*__$/s.test(part));
  if (!isPath || !path.isWellFormed() || Buffer.byteLength(path) > 6144) {
    throw unencodable(carrier, "table and key", "together they are no path of a document");
  }
}

/** Firestore tells what it was by what it sends: a type that stands for all needs both sides to be told apart. */
function toItems({ before, after }: ChangeEvent, action: KnownAction, written: boolean) {
  if (action === "insert" && before) throw unencodable(carrier, "before", "a document that was created had none");
  if (action === "delete" && after) throw unencodable(carrier, "after", "a document that was deleted has none");
  if (written && action !== "delete" && !after) throw unencodable(carrier, "after", "the type `written` needs it");
  if (written && action !== "insert" && !before) throw unencodable(carrier, "before", "the type `written` needs it");
  return { before, after };
}

function refuseNegativeZero(name: string, value: unknown): unknown {
  if (Object.is(value, -0)) throw unencodable(carrier, name, "JSON has no -0");
  return value;
}
