import type { ChangeEvent, ChangeItem } from "@portico/core";
import { toBytes, unencodable } from "@portico/core/adapter";
import type { DocumentEventData, FirestoreDocument } from "../../change/document.js";
import { documentEventData } from "../../change/firestore.js";
import { toTimeText } from "../carry.js";
import { encodeCloudEvent } from "../cloud-event.js";
import type { GoogleRequest } from "../google-request.js";
import { projectOf } from "../options.js";
import { authOf } from "./auth-context.js";
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
  const [, project = projectOf(options), name = database] =
    /^\/\/firestore\.googleapis\.com\/projects\/([\w.:-]+)\/databases\/([\w()-]+)$/.exec(event.source) ?? [];
  const time = toTimeText(carrier, "time", event.time);
  const resource = `projects/${project}/databases/${name}`;
  const { before, after } = toItems(event, action, written);
  const auth = authOf(event, options);
  const told = toldTimes(event, time);
  const document = (item: ChangeItem, field: string, times: DocumentTimes): FirestoreDocument => ({
    name: `${resource}/documents/${path}`,
    fields: toFields(item, field),
    ...times,
  });
  const data: DocumentEventData = {
    ...(after && { value: document(after, "after", told.after) }),
    ...(before && { oldValue: document(before, "before", told.before) }),
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
      type: `google.cloud.firestore.document.v1.${written ? "written" : types[action]}${auth ? ".withAuthContext" : ""}`,
      subject: `documents/${path}`,
      time,
      location: options.location ?? "nam5",
      project,
      database: name,
      namespace: "(default)",
      document: path,
      dataschema: schema,
      ...(auth && { authtype: auth.type }),
      ...(auth?.id !== undefined && { authid: auth.id }),
    },
    contentType: isJson ? "application/json" : "application/protobuf",
    body,
  });
}

interface DocumentTimes {
  readonly createTime: string;
  readonly updateTime: string;
}

/**
 * When both sides were created and changed: every document of Firestore has both times, and libraries read them without asking. A change of
 * Firestore's own told them; of others the time of the change is all that is known, so that what was there before is told to be of that time
 * too.
 */
function toldTimes(
  event: ChangeEvent,
  time: string,
): { readonly before: DocumentTimes; readonly after: DocumentTimes } {
  const { value, oldValue } = documentEventData(event) ?? {};
  const createTime = value?.createTime ?? oldValue?.createTime ?? time;
  return {
    before: { createTime, updateTime: oldValue?.updateTime ?? createTime },
    after: { createTime, updateTime: value?.updateTime ?? time },
  };
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
