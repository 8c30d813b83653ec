import type { ChangeEvent, ChangeItem, ChangeValue } from "@portico/core";
import { toBytes, unencodable } from "@portico/core/adapter";
import { toJsonText, toTimeText } from "../carry.js";
import { encodeCloudEvent } from "../cloud-event.js";
import type { GoogleRequest } from "../google-request.js";
import { projectOf } from "../options.js";
import { type EncodeChangeOptions, type KnownAction, types } from "./options.js";

const carrier = "An event of the Realtime Database";

/** @throws {HandlerError} EVENT_UNENCODABLE when the Realtime Database cannot carry it. */
export function encodeRealtimeDatabase(
  event: ChangeEvent,
  action: KnownAction,
  path: string,
  options: EncodeChangeOptions,
): GoogleRequest {
  if (!/^[^\p{Cc}\p{Cs}.$#[\]]+$/u.test(path) || path.split("/").includes("")) {
    throw unencodable(carrier, "table and key", "together they are no path of the database");
  }
  const { before, after } = event;
  if ((action !== "insert") !== (before !== undefined)) throw unencodable(carrier, "before", toldBy(action));
  if ((action !== "delete") !== (after !== undefined)) throw unencodable(carrier, "after", toldBy(action));
  if (before) checkMap(before, "before");
  if (after) checkMap(after, "after");
  const [, told = options.instance ?? `${projectOf(options)}-default-rtdb`] =
    /^\/\/firebasedatabase\.googleapis\.com\/projects\/_\/locations\/[\w-]+\/instances\/([\w-]+)$/.exec(event.source) ??
    [];
  const [, place = options.location ?? "us-central1"] = /\/locations\/([\w-]+)\/instances\//.exec(event.source) ?? [];
  const domain = place === "us-central1" ? "firebaseio.com" : `${place}.firebasedatabase.app`;
  return encodeCloudEvent({
    carrier,
    attributes: {
      id: event.id,
      source: `//firebasedatabase.googleapis.com/projects/_/locations/${place}/instances/${told}`,
      type: `google.firebase.database.ref.v1.${options.written ? "written" : types[action]}`,
      subject: `refs/${path}`,
      time: toTimeText(carrier, "time", event.time),
      ref: path,
      instance: told,
      location: place,
      firebasedatabasehost: domain,
    },
    contentType: "application/json",
    body: toBytes(
      JSON.stringify({
        "@type": "type.googleapis.com/google.events.firebase.database.v1.ReferenceEventData",
        data: before ?? null,
        delta: difference(before, after),
      }),
    ),
  });
}

function toldBy(action: KnownAction): string {
  return `the database tells by what was there that it is this action: ${action}`;
}

/** What became different: null for what is gone. A list that changed is one that cannot be told from a map. */
function difference(before: ChangeItem | undefined, after: ChangeItem | undefined): unknown {
  if (!before || !after) return after ?? null;
  const delta: Record<string, unknown> = Object.create(null);
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [one, other] = [before[name], after[name]];
    if (JSON.stringify(one) === JSON.stringify(other)) continue;
    if (isMap(one) && isMap(other)) delta[name] = difference(one, other);
    else if (isTree(one) && isTree(other))
      throw unencodable(carrier, `after.${name}`, "a list that changed becomes a map");
    else delta[name] = other ?? null;
  }
  return delta;
}

function isTree(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isMap(value: ChangeValue | undefined): value is ChangeItem {
  return isTree(value) && !Array.isArray(value);
}

/** JSON whose maps and lists are not empty and have no nulls: the database keeps none of these. */
function checkMap(value: ChangeItem, path: string): void {
  toJsonText(carrier, path, value);
  checkMembers(value, path);
}

function checkMembers(value: object, path: string): void {
  const members = Object.entries(value);
  if (members.length === 0) throw unencodable(carrier, path, "it is empty, and the database keeps nothing that is");
  for (const [name, member] of members) {
    const at = `${path}.${name}`;
    if (!/^[^\p{Cc}\p{Cs}.$#[\]/]+$/u.test(name)) throw unencodable(carrier, at, "its name is no key of the database");
    if (member === null) throw unencodable(carrier, at, "it is null, and the database keeps no nulls");
    if (isTree(member)) checkMembers(member, at);
  }
}
