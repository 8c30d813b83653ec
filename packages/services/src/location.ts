import { HandlerError } from "@portico/core";
import type { StoreBinding } from "./provider.js";

/**
 * The key in a store of an object that an event names by its bucket and full key.
 *
 * @throws {HandlerError} CONFIG_INVALID when the store is bound to another bucket, or its prefix is not in front of the key.
 */
export function toKey(bucket: string, key: string, name: string, { bucket: bound, prefix }: StoreBinding): string {
  if (bound !== undefined && bound !== bucket) {
    throw wrong(`The event is of the bucket ${bucket}, and ${name} is bound to ${bound}.`);
  }
  // Files and memory have no buckets, and take the event's key as it is.
  if (bound === undefined || key.startsWith(prefix)) return bound === undefined ? key : key.slice(prefix.length);
  throw wrong(`The event is of an object outside ${prefix}, where ${name} is bound to.`);
}

function wrong(what: string): HandlerError {
  return new HandlerError("CONFIG_INVALID", what, {
    hint: "Bind the store to the bucket whose events start the function.",
  });
}

/**
 * A prefix with the slash at its end.
 *
 * @throws {HandlerError} CONFIG_INVALID when no key could stand behind it.
 */
export function toPrefix(path: string): string {
  const segments = path.replace(/\/$/, "").split("/");
  if (path !== "" && segments.some((segment) => /^\.{0,2}$/.test(segment) || segment.includes("\\"))) {
    throw new HandlerError(
      "CONFIG_INVALID",
      "The prefix of a store has an empty segment, dots for one, or a backslash.",
    );
  }
  return path === "" || path.endsWith("/") ? path : `${path}/`;
}
