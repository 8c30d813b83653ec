import type { Dirent } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { type Chunks, toChunks } from "@portico/core/adapter";
import { refused, StoreFailure } from "./failure.js";
import { classify, isAbsent, unusable } from "./file/failure.js";
import { fromPath, toPath } from "./file/path.js";
import { readTrailer, type Trailer, toFacts } from "./file/trailer.js";
import { foldersOf, prepare, readFacts, remove, write } from "./file/write.js";
import { checkEtag } from "./memory.js";
import { once } from "./once.js";
import { toPage } from "./page.js";
import type { FailedDelete, Provider, StoreBinding } from "./provider.js";
import { inParallel } from "./signal.js";

/** Where the files are. */
export interface FileOptions {
  /** Relative to where the process was started, or absolute. It is made where it is not there, and is the store's own. */
  readonly directory: string;
}

/**
 * A store in a folder: the local default. Writes are atomic, for several processes too; an object is one file, its content first and its
 * facts behind, under a name that is its key, percent-encoded. Files that others put into the folder are no objects.
 */
export function file({ directory }: FileOptions): StoreBinding {
  const root = resolve(directory);
  const openOnce = once(async () => {
    await prepare(root).catch((error: unknown) => {
      throw unusable(error);
    });
    return createProvider(root);
  });
  return { provider: "file", bucket: undefined, prefix: "", open: openOnce };
}

function createProvider(root: string): Provider {
  const target = (key: string) => ({ root, key, path: toPath(root, key) });

  const provider: Provider = {
    silenceMs: Number.POSITIVE_INFINITY,
    maxIdleReads: 16,
    resolvesDots: false,
    async get(key, { range, ifMatch, ifNoneMatch }) {
      const handle = await open(target(key).path).catch((error: unknown) => {
        throw isAbsent(error) ? new StoreFailure("NOT_FOUND", key) : error;
      });
      try {
        const trailer = await readTrailer(handle).catch((error: unknown) => {
          if (isAbsent(error)) return undefined;
          throw error;
        });
        const info = toFacts(own(trailer, key));
        checkEtag(info, ifMatch, ifNoneMatch);
        if (range && range.start >= info.size) throw new StoreFailure("RANGE", key);
        const [start, end] = [range?.start ?? 0, Math.min(range?.end ?? info.size, info.size)];
        if (start < end)
          return {
            info,
            chunks: closedWhenDropped(toChunks(handle.createReadStream({ start, end: end - 1 })), handle),
          };
        await handle.close();
        return { info, chunks: toChunks(nothing()) };
      } catch (error) {
        await handle.close();
        throw error;
      }
    },
    head: async (key) => toFacts(own(await readFacts(target(key).path), key)),
    put: (key, { whole, parts }, writing) => write(target(key), parts ?? one(whole), writing),
    async copy(from, to, signal) {
      const { info, chunks } = await provider.get(from, {
        range: undefined,
        ifMatch: undefined,
        ifNoneMatch: undefined,
        signal,
      });
      return write(target(to), chunks, { ...info, condition: undefined, signal });
    },
    delete: (key, version, signal) => remove(target(key), version, signal),
    async deleteMany(keys, signal) {
      const failed: FailedDelete[] = [];
      await inParallel(keys, 16, (key) =>
        remove(target(key), undefined, signal).catch((error: unknown) => {
          failed.push({ key, error });
        }),
      );
      return failed;
    },
    async list(listing) {
      const found = await findAll(root, listing.prefix);
      return toPage(found, listing, async ({ key, path }) => {
        const trailer = await readFacts(path);
        // A copy that somebody made under another name is none, as `get` has it.
        if (trailer?.key !== key) return undefined;
        const { size, etag, version, lastModified } = toFacts(trailer);
        return { key, size, etag, version, lastModified };
      });
    },
    async signedUrl() {
      throw refused("The file store", "sign a URL", "There is no server that would answer it.");
    },
    classify,
  };
  return provider;
}

/** Closes the files of objects that are not read to their end. Node 26 throws for a handle that only the garbage collector closes. */
const dropped = new FinalizationRegistry<FileHandle>((handle) => {
  handle.close().catch(() => undefined);
});

function closedWhenDropped(chunks: Chunks, handle: FileHandle): Chunks {
  dropped.register(chunks, handle);
  return chunks;
}

/** @throws {StoreFailure} NOT_FOUND when the file holds no object, or one whose key the file system takes for this one. */
function own(trailer: Trailer | undefined, key: string): Trailer {
  if (trailer?.key !== key) throw new StoreFailure("NOT_FOUND", key);
  return trailer;
}

interface Found {
  readonly key: string;
  readonly path: string;
}

/** All that may be objects below the folders of a prefix. */
async function findAll(root: string, prefix: string): Promise<Found[]> {
  const start = prefix.includes("/") ? join(toPath(root, prefix.slice(0, prefix.lastIndexOf("/") + 1)), "..") : root;
  const { unfinished, locks } = foldersOf(root);
  const found: Found[] = [];
  const folders = [start];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    // Not with `recursive`: one folder that goes meanwhile, with its last object, would take all others with it.
    for (const entry of await entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && path !== unfinished && path !== locks) folders.push(path);
      if (!entry.isFile()) continue;
      const key = fromPath(relative(root, path).replaceAll(sep, "/")) ?? (await readFacts(path))?.key;
      if (key !== undefined) found.push({ key, path });
    }
  }
  return found;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
