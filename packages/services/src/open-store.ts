import type { BucketAccess, ObjectStore } from "@portico/core";
import { toBinding } from "./binding.js";
import type { StoreBinding } from "./provider.js";
import { checkInstalled } from "./sdk.js";
import { createStore } from "./store.js";

const everything: readonly BucketAccess[] = ["read", "write", "delete", "list"];

/**
 * A store outside of a function: in a script, or in a test, to be given to a function by `fake.context({ uploads: openStore("mem://a") })`.
 * It has every access, and the signal that its options give, or none.
 *
 * @param name what errors call it. Default: `store`.
 * @throws {HandlerError} CONFIG_INVALID when the URL is not understood.
 */
export function openStore(binding: string | StoreBinding, name = "store"): ObjectStore {
  const bound = typeof binding === "string" ? toBinding(binding, "The URL") : binding;
  checkInstalled(bound.needs);
  return createStore({ name, access: everything, binding: bound, signal: () => new AbortController().signal });
}
