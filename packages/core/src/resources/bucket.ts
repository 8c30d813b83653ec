import { HandlerError } from "../error.js";
import type { Resource } from "./resource.js";

/** What a function may do with a bucket; each is a permission of its own on every cloud. */
export type BucketAccess = "read" | "write" | "delete" | "list";

/** A place for objects, by its logical name, with the access that a function needs. */
export interface Bucket<A extends BucketAccess = BucketAccess> extends Resource {
  readonly type: "bucket";
  readonly access: readonly A[];
}

const known: readonly string[] = ["read", "write", "delete", "list"];

/**
 * Declares a bucket: plain data, nothing is opened. `resources({ uploads })` of `@portico/services` gives a function its store.
 *
 * @param name letters, digits and hyphens, from a letter; `PORTICO_UPLOADS` binds `uploads`, `PORTICO_RAW_IMAGES` binds `raw-images`
 * @throws {HandlerError} CONFIG_INVALID when the name has another form, or the access is empty or not known.
 * @example
 * export const uploads = bucket("uploads", { access: ["read", "write"] });
 */
export function bucket<const A extends BucketAccess>(
  name: string,
  options: { readonly access: readonly A[] },
): Bucket<A> {
  const access: readonly A[] | undefined = (options as typeof options | undefined)?.access;
  if (typeof name !== "string" || !/^[a-z][a-z\d]*(-[a-z\d]+)*$/i.test(name)) {
    throw new HandlerError("CONFIG_INVALID", `${JSON.stringify(name)} is no name for a bucket.`, {
      hint: "Letters, digits and hyphens, from a letter: the environment variable that binds it is made of it.",
    });
  }
  const strange = Array.isArray(access) ? access.find((one) => !known.includes(one)) : access;
  if (!Array.isArray(access) || access.length === 0 || strange !== undefined) {
    throw new HandlerError("CONFIG_INVALID", `The bucket ${name} is declared without an access that is known.`, {
      hint: `Give one or more of ${known.join(", ")}: bucket("${name}", { access: ["read"] }).`,
    });
  }
  return Object.freeze({ type: "bucket", name, access: Object.freeze([...new Set(access)]) });
}
