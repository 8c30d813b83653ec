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
import { IdleReads } from "./idle.js";
import { leadsOut, toFullKey, toFullPrefix, toNewKey } from "./key.js";
import { toKey } from "./location.js";
import type { FailedDelete, Provider, Reading, StoreBinding } from "./provider.js";
import type { Reads } from "./reads.js";
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
  /** Where the invocation keeps what it has open. Default: nowhere, for a store that no invocation ends. */
  readonly reads?: Reads | undefined;
}

// An SDK's connections are those of the process, whoever opens them.
const idleReads = new WeakMap<Provider, IdleReads>();

function idleOf(provider: Provider): IdleReads {
  const idle = idleReads.get(provider) ?? new IdleReads(provider.maxIdleReads);
  idleReads.set(provider, idle);
  return idle;
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

function operations({ name, access, binding, signal: invocationSignal, reads }: StoreInit): ObjectStore {
  const { prefix } = binding;
  const full = (key: string) => toFullKey(key, prefix);
  const fresh = (key: string) => toNewKey(key, prefix);
  const isHere = (key: string, { resolvesDots }: Provider) => !resolvesDots || !leadsOut(key, prefix);
  /** @throws {StoreFailure} NOT_FOUND where asking for it could ask for something else. */
  const here = (key: string, provider: Provider) => {
    if (isHere(key, provider)) return key;
    throw new StoreFailure("NOT_FOUND", "Its dots lead out of the store.");
  };

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
        const open = (reading: Reading) => provider.get(here(at, provider), reading);
        const isTransient = (error: unknown) => provider.classify(error) === "UNAVAILABLE";
        const how = { open, isTransient, fail, silenceMs, reads, idle: idleOf(provider) };
        const reading = { range, ifMatch, ifNoneMatch, signal };
        const source = await open(reading).then(
          async (download) => {
            const made = new Source(download, { reading, ...how });
            if (range === undefined || range.start < made.info.size) return made.begin();
            // Azurite answers with nothing where the service itself refuses.
            await made.return();
            throw new StoreFailure("RANGE", key);
          },
          async (error) => {
            // Of an empty object there is no first byte, and providers refuse to begin at it.
            if (range?.start !== 0 || provider.classify(error) !== "RANGE") throw error;
            const whole = { ...reading, range: undefined };
            return new Source(await open(whole), { reading: whole, ...how }).begin();
          },
        );
        return new Content(key, source);
      });
    },

    async head(key, options = {}) {
      const at = full(key);
      return run({ operation: "head", key }, options, async (provider, signal) => ({
        key,
        ...(await provider.head(here(at, provider), signal)),
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
      const writing = checkWrite(options);
      // Over a version there is an object already, whatever its name.
      const at = typeof writing.condition === "object" ? full(key) : fresh(key);
      return run({ operation: "put", key, condition: writing.condition }, options, async (provider, signal) => {
        const upload = await toUpload(body, signal);
        try {
          return await provider.put(here(at, provider), upload, { ...writing, signal });
        } finally {
          // A provider that failed before it asked for a part has not let go of the source.
          await upload.parts?.return();
        }
      });
    },

    async copy(from, to, options = {}) {
      const [source, target] = [full(from), fresh(to)];
      return run({ operation: "copy", key: from }, options, async (provider, signal) =>
        provider.copy(here(source, provider), target, signal),
      );
    },

    async delete(key, options = {}) {
      const at = full(key);
      const version = options.ifVersion === undefined ? undefined : checkVersion(options.ifVersion);
      const condition = version === undefined ? undefined : { version };
      await run({ operation: "delete", key, condition }, options, async (provider, signal) => {
        // What cannot be there is deleted already.
        if (version === undefined && !isHere(at, provider)) return;
        await provider.delete(here(at, provider), version, signal);
      });
    },

    async deleteMany(keys, options = {}) {
      const all: string[] = [];
      const wrong: FailedDelete[] = [];
      for (const key of new Set(keys)) {
        try {
          all.push(full(key));
        } catch (error) {
          wrong.push({ key, error });
        }
      }
      await run({ operation: "delete" }, options, async (provider, signal, fail) => {
        const asked = all.filter((key) => isHere(key, provider));
        const left = asked.length === 0 ? [] : await provider.deleteMany(asked, signal);
        const failed = [...left.map((one) => ({ ...one, key: one.key.slice(prefix.length) })), ...wrong];
        const [first] = failed;
        if (!first) return;
        const error = fail(first.error);
        const { code, hint, permanent } = HandlerError.is(error)
          ? error
          : { code: "INTERNAL" as const, hint: undefined, permanent: undefined };
        const details = { failed: failed.map(({ key }) => key) };
        const about = `${failed.length} of ${all.length + wrong.length} objects in the bucket ${name} were not deleted.`;
        const publicMessage = `${failed.length} objects were not deleted.`;
        throw new HandlerError(code, about, { hint, permanent, details, publicMessage, cause: first.error });
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
      const at = options.method === "PUT" ? fresh(key) : full(key);
      const { method, expiresInSeconds, contentType } = options;
      checkSigning({ method, expiresInSeconds, contentType });
      if (!access.includes(method === "GET" ? "read" : "write")) {
        throw new HandlerError("CONFIG_INVALID", `The bucket ${name} is not declared for ${method}.`);
      }
      const expires = new Date(Date.now() + expiresInSeconds * 1000);
      return run({ operation: "sign", key }, options, async (provider, signal) => ({
        ...(await untilAborted(
          provider.signedUrl(here(at, provider), { method, expiresInSeconds, contentType }),
          signal,
        )),
        method,
        expires,
      }));
    },
  };
  return store as ObjectStore;
}
