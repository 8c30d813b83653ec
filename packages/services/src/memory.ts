import type { Bytes } from "@portico/core";
import { concat, toChunks } from "@portico/core/adapter";
import { fromStoreFailure, refused, StoreFailure } from "./failure.js";
import { toPage } from "./page.js";
import type { Condition, Facts, Provider, StoreBinding } from "./provider.js";
import type { Upload } from "./upload.js";

interface Kept {
  readonly info: Facts;
  readonly bytes: Bytes;
}

type Stored = Pick<Facts, "contentType" | "contentEncoding" | "cacheControl" | "metadata">;

/** A store in the memory of the process, empty at first: for tests. `mem://name` is the same one wherever the process says it. */
export function memory(): StoreBinding {
  const provider = createProvider();
  return { provider: "mem", bucket: undefined, prefix: "", open: async () => provider };
}

function createProvider(): Provider {
  const kept = new Map<string, Kept>();
  let writes = 0;

  const find = (key: string): Kept => {
    const found = kept.get(key);
    if (!found) throw new StoreFailure("NOT_FOUND", key);
    return found;
  };
  const write = (key: string, bytes: Bytes, facts: Stored) => {
    writes += 1;
    const etag = `${writes}`;
    const info: Facts = { ...facts, size: bytes.byteLength, etag, version: etag, lastModified: new Date() };
    kept.set(key, { info, bytes });
    return { etag, version: etag };
  };
  const remove = async (key: string, version: string | undefined) => {
    check(kept.get(key)?.info, version === undefined ? undefined : { version });
    kept.delete(key);
  };

  return {
    silenceMs: Number.POSITIVE_INFINITY,
    maxIdleReads: Number.POSITIVE_INFINITY,
    resolvesDots: false,
    async get(key, { range, ifMatch, ifNoneMatch }) {
      const { info, bytes } = find(key);
      checkEtag(info, ifMatch, ifNoneMatch);
      if (range && range.start >= bytes.byteLength) throw new StoreFailure("RANGE", key);
      const part = range ? bytes.slice(range.start, range.end) : bytes.slice();
      return { info, chunks: toChunks(chunksOf(part)) };
    },
    head: async (key) => find(key).info,
    async put(key, upload, { condition, signal, contentType, contentEncoding, cacheControl, metadata }) {
      const bytes = await collect(upload);
      signal.throwIfAborted();
      check(kept.get(key)?.info, condition);
      const own = Object.assign(Object.create(null), metadata);
      return write(key, bytes, { contentType, contentEncoding, cacheControl, metadata: own });
    },
    async copy(from, to) {
      const { info, bytes } = find(from);
      return write(to, bytes, info);
    },
    delete: remove,
    async deleteMany(keys) {
      for (const key of keys) kept.delete(key);
      return [];
    },
    list: (listing) =>
      toPage(
        [...kept].map(([key, { info }]) => ({ key, ...info })),
        listing,
        ({ key, size, etag, version, lastModified }) => ({ key, size, etag, version, lastModified }),
      ),
    async signedUrl() {
      throw refused("The memory store", "sign a URL", "There is no server that would answer it.");
    },
    classify: fromStoreFailure,
  };
}

async function collect({ whole, parts }: Upload): Promise<Bytes> {
  // A copy: the caller may go on with its bytes.
  if (whole) return whole.slice();
  const all: Bytes[] = [];
  for await (const part of parts ?? []) all.push(part);
  return concat(all);
}

async function* chunksOf(bytes: Bytes): AsyncGenerator<Bytes> {
  const size = 64 * 1024;
  for (let start = 0; start < bytes.byteLength; start += size) yield bytes.subarray(start, start + size);
}

/** @throws {StoreFailure} when what is there does not allow the write. */
export function check(there: Facts | undefined, condition: Condition | undefined): void {
  if (condition === undefined) return;
  if (condition === "absent") {
    if (there) throw new StoreFailure("ALREADY_EXISTS", "it is there");
  } else if (there?.version !== condition.version) throw new StoreFailure("PRECONDITION_FAILED", "another version");
}

/** @throws {StoreFailure} when the read's conditions do not hold. */
export function checkEtag({ etag }: Facts, ifMatch: string | undefined, ifNoneMatch: string | undefined): void {
  if (ifMatch !== undefined && ifMatch !== etag) throw new StoreFailure("PRECONDITION_FAILED", "another ETag");
  if (ifNoneMatch === etag) throw new StoreFailure("PRECONDITION_FAILED", "the same ETag");
}
