import { setMaxListeners } from "node:events";
import {
  type BucketAccess,
  type GetOptions,
  HandlerError,
  type ListOptions,
  type ObjectPage,
  type ObjectStore,
  type PutOptions,
  type StoreIdentity,
  type StoreOptions,
} from "@portico/core";
import { checkList, checkRange, checkSigning, checkVersion, checkWrite } from "./check.js";
import { Content } from "./content.js";
import { type Attempt, StoreFailure, toFailure } from "./failure.js";
import { toFullKey, toFullPrefix } from "./key.js";
import { toKey } from "./location.js";
import type { Provider, Reading, StoreBinding } from "./provider.js";
import { untilAborted } from "./signal.js";
import { Source } from "./source.js";
import { toUpload } from "./upload.js";

/** What a store is made of. */
export interface StoreInit {
  /** The logical name. */
  readonly name: string;
  readonly access: readonly BucketAccess[];
  readonly binding: StoreBinding;
  /** Asked for only when an operation begins: a signal that nobody asks for costs nothing. */
  signal(): AbortSignal;
}

/** Makes a store that checks what it is given, shapes what goes wrong, and has what the access allows, alone. */
export function createStore(init: StoreInit): ObjectStore {
  const { name, access, binding } = init;
  const may = (...needed: BucketAccess[]) => needed.every((one) => access.includes(one));
  const { get, head, exists, put, copy, delete: remove, deleteMany, list, signedUrl } = operations(init);
  return {
    name,
    provider: binding.provider,
    "~keyOf": (bucket: string, key: string) => toKey(bucket, key, name, binding),
    ...(may("read") && { get, head, exists }),
    ...(may("write") && { put }),
    ...(may("read", "write") && { copy }),
    ...(may("delete") && { delete: remove, deleteMany }),
    ...(may("list") && { list }),
    ...((may("read") || may("write")) && { signedUrl }),
  } as ObjectStore;
}

function operations({ name, access, binding, signal: invocationSignal }: StoreInit): ObjectStore {
  const { prefix } = binding;
  const full = (key: string) => toFullKey(key, prefix);

  async function run<T>(
    attempt: Omit<Attempt, "store">,
    { signal = invocationSignal() }: StoreOptions,
    work: (provider: Provider, signal: AbortSignal, fail: (error: unknown) => unknown) => Promise<T>,
  ): Promise<T> {
    const provider = await binding.open();
    const fail = (error: unknown) => toFailure(error, provider, { store: name, ...attempt }, signal);
    try {
      signal.throwIfAborted();
      // An invocation has one signal, and as many operations as it likes.
      setMaxListeners(0, signal);
      return await work(provider, signal, fail);
    } catch (error) {
      throw fail(error);
    }
  }

  const store: Omit<ObjectStore, keyof StoreIdentity> = {
    async get(key, options: GetOptions = {}) {
      const at = full(key);
      const range = checkRange(options);
      const ifMatch = options.ifMatch === undefined ? undefined : checkVersion(options.ifMatch, "ifMatch");
      const ifNoneMatch =
        options.ifNoneMatch === undefined ? undefined : checkVersion(options.ifNoneMatch, "ifNoneMatch");
      return run({ operation: "get", key }, options, async (provider, signal, fail) => {
        const { silenceMs } = provider;
        const open = (reading: Reading) => provider.get(at, reading);
        const isTransient = (error: unknown) => provider.classify(error) === "UNAVAILABLE";
        const how = { open, isTransient, fail, silenceMs };
        const reading = { range, ifMatch, ifNoneMatch, signal };
        const source = await open(reading).then(
          async (download) => {
            const made = new Source(download, { reading, ...how });
            if (range === undefined || range.start < made.info.size) return made;
            // Azurite answers with nothing where the service itself refuses.
            await made.return();
            throw new StoreFailure("RANGE", key);
          },
          async (error) => {
            // Of an empty object there is no first byte, and providers refuse to begin at it.
            if (range?.start !== 0 || provider.classify(error) !== "RANGE") throw error;
            const whole = { ...reading, range: undefined };
            return new Source(await open(whole), { reading: whole, ...how });
          },
        );
        return new Content(key, source);
      });
    },

    async head(key, options = {}) {
      const at = full(key);
      return run({ operation: "head", key }, options, async (provider, signal) => ({
        key,
        ...(await provider.head(at, signal)),
      }));
    },

    async exists(key, options = {}) {
      try {
        await store.head(key, options);
        return true;
      } catch (error) {
        if (HandlerError.is(error) && error.code === "NOT_FOUND") return false;
        throw error;
      }
    },

    async put(key, body, options: PutOptions = {}) {
      const at = full(key);
      const writing = checkWrite(options);
      return run({ operation: "put", key, condition: writing.condition }, options, async (provider, signal) => {
        const upload = await toUpload(body, signal);
        try {
          return await provider.put(at, upload, { ...writing, signal });
        } finally {
          // A provider that failed before it asked for a part has not let go of the source.
          await upload.parts?.return();
        }
      });
    },

    async copy(from, to, options = {}) {
      const [source, target] = [full(from), full(to)];
      return run({ operation: "copy", key: from }, options, (provider, signal) =>
        provider.copy(source, target, signal),
      );
    },

    async delete(key, options = {}) {
      const at = full(key);
      const version = options.ifVersion === undefined ? undefined : checkVersion(options.ifVersion);
      const condition = version === undefined ? undefined : { version };
      await run({ operation: "delete", key, condition }, options, (provider, signal) =>
        provider.delete(at, version, signal),
      );
    },

    async deleteMany(keys, options = {}) {
      const all = [...new Set(keys)].map(full);
      await run({ operation: "delete" }, options, async (provider, signal, fail) => {
        const failed = all.length === 0 ? [] : await provider.deleteMany(all, signal);
        const [first] = failed;
        if (!first) return;
        const error = fail(first.error);
        const { code, hint, permanent } = HandlerError.is(error)
          ? error
          : { code: "INTERNAL" as const, hint: undefined, permanent: undefined };
        const details = { failed: failed.map((one) => one.key.slice(prefix.length)) };
        const about = `${failed.length} of ${all.length} objects in the bucket ${name} were not deleted.`;
        throw new HandlerError(code, about, { hint, permanent, details, cause: first.error });
      });
    },

    async *list(options: ListOptions = {}) {
      const limit = checkList(options);
      const { delimiter } = options;
      const at = toFullPrefix(options.prefix ?? "", prefix);
      for (let after = options.after; ; ) {
        const page: ObjectPage = await run({ operation: "list" }, options, (provider, signal) =>
          provider.list({ prefix: at, delimiter, limit, after, signal }),
        );
        yield {
          objects: page.objects.map((entry) => ({ ...entry, key: entry.key.slice(prefix.length) })),
          prefixes: page.prefixes.map((one) => one.slice(prefix.length)),
          next: page.next,
        };
        if (page.next === undefined) return;
        after = page.next;
      }
    },

    async signedUrl(key, options) {
      const at = full(key);
      const { method, expiresInSeconds, contentType } = options;
      checkSigning({ method, expiresInSeconds, contentType });
      if (!access.includes(method === "GET" ? "read" : "write")) {
        throw new HandlerError("CONFIG_INVALID", `The bucket ${name} is not declared for ${method}.`);
      }
      const expires = new Date(Date.now() + expiresInSeconds * 1000);
      return run({ operation: "sign", key }, options, async (provider, signal) => ({
        ...(await untilAborted(provider.signedUrl(at, { method, expiresInSeconds, contentType }), signal)),
        method,
        expires,
      }));
    },
  };
  return store as ObjectStore;
}
