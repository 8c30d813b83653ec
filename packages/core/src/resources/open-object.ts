import type { Bytes } from "../payload.js";
import type { GetOptions, ObjectInfo, ReadStore, StoredObject, StoreOptions } from "./object-store.js";

/** An object that an event tells of, by reference: nothing is asked of the store before a method is called. */
export interface OpenedObject {
  /** Its key in the store: without the store's prefix. */
  readonly key: string;
  /** @throws {HandlerError} NOT_FOUND when it is gone by now. */
  get(options?: GetOptions): Promise<StoredObject>;
  head(options?: StoreOptions): Promise<ObjectInfo>;
  bytes(options?: StoreOptions): Promise<Bytes>;
  text(options?: StoreOptions): Promise<string>;
  json(options?: StoreOptions): Promise<unknown>;
}

/**
 * The object of an event, in a store that is bound to the event's bucket.
 *
 * @throws {HandlerError} CONFIG_INVALID when the store is bound to another bucket, or has a prefix that the key is not behind.
 */
export function openObject(event: { readonly bucket: string; readonly key: string }, store: ReadStore): OpenedObject {
  const key = store["~keyOf"](event.bucket, event.key);
  return {
    key,
    get: (options) => store.get(key, options),
    head: (options) => store.head(key, options),
    bytes: async (options) => (await store.get(key, options)).bytes(),
    text: async (options) => (await store.get(key, options)).text(),
    json: async (options) => (await store.get(key, options)).json(),
  };
}
