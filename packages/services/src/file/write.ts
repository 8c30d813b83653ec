import { createHash } from "node:crypto";
import { mkdir, open, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { HandlerError, type WrittenObject } from "@portico/core";
import { check } from "../memory.js";
import type { Facts, Writing } from "../provider.js";
import { isAbsent } from "./failure.js";
import { type AssertHeld, codeOf, locked } from "./lock.js";
import { readTrailer, type Trailer, toFacts, toTrailer } from "./trailer.js";

/** The folders of a store that hold no objects. No key leads there: a tilde of a key is encoded. */
export function foldersOf(root: string): { readonly unfinished: string; readonly locks: string } {
  return { unfinished: join(root, "~unfinished"), locks: join(root, "~locks") };
}

/** The trailer of a file; undefined where there is no object. */
export async function readFacts(path: string): Promise<Trailer | undefined> {
  try {
    const file = await open(path);
    try {
      return await readTrailer(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

interface Target {
  readonly root: string;
  readonly path: string;
  readonly key: string;
}

/** Writes a file of its own, and puts it in place when all of it is there and the condition holds. */
export async function write(
  { root, path, key }: Target,
  chunks: AsyncIterable<Uint8Array>,
  { contentType, contentEncoding, cacheControl, metadata, condition, signal }: Writing,
): Promise<WrittenObject> {
  const { unfinished, locks } = foldersOf(root);
  const own = join(unfinished, crypto.randomUUID());
  const file = await open(own, "wx");
  try {
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      hash.update(chunk);
      size += chunk.byteLength;
      await file.writeFile(chunk);
    }
    const etag = hash.digest("hex").slice(0, 32);
    const version = crypto.randomUUID();
    const lastModified = new Date().toISOString();
    const facts = { key, size, etag, version, contentType, contentEncoding, cacheControl, metadata, lastModified };
    await file.writeFile(toTrailer(facts));
    await file.sync();
    await file.close();
    await locked(locks, path, signal, async (assertHeld) => {
      check(await there(path, key), condition);
      signal.throwIfAborted();
      await place(own, path, assertHeld);
    });
    return { etag, version };
  } finally {
    await file.close().catch(() => undefined);
    await rm(own, { force: true });
  }
}

/** @throws {HandlerError} CONFLICT where the file system takes two keys for one. */
async function there(path: string, key: string): Promise<Facts | undefined> {
  const trailer = await readFacts(path);
  if (trailer && trailer.key !== key) {
    throw new HandlerError("CONFLICT", "This file system does not tell this key from that of another object.", {
      hint: `It holds ${JSON.stringify(trailer.key)}: most likely it does not mind upper and lower case.`,
    });
  }
  return trailer && toFacts(trailer);
}

async function place(own: string, path: string, assertHeld: AssertHeld): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await mkdir(dirname(path), { recursive: true });
      await assertHeld();
      await rename(own, path);
      return;
    } catch (error) {
      // Somebody has just deleted the last object of this folder, and the folder with it.
      if (codeOf(error) !== "ENOENT" || tries === 20) throw error;
    }
  }
}

/** Deletes an object and the folders that are empty without it. */
export async function remove(
  { root, path, key }: Target,
  version: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  await locked(foldersOf(root).locks, path, signal, async (assertHeld) => {
    const trailer = await readFacts(path);
    const found = trailer?.key === key ? trailer : undefined;
    check(found && toFacts(found), version === undefined ? undefined : { version });
    await assertHeld();
    if (found) await rm(path, { force: true });
  });
  for (let folder = dirname(path); folder.startsWith(root + sep); folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

/** Milliseconds: a day. */
const forgottenMs = 86_400_000;

/** Makes the folders, and clears away what a process that was killed has left unfinished long ago. */
export async function prepare(root: string): Promise<void> {
  const { unfinished, locks } = foldersOf(root);
  await mkdir(unfinished, { recursive: true });
  await mkdir(locks, { recursive: true });
  for (const folder of [unfinished, locks]) {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const age = await stat(path).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > forgottenMs) await rm(path, { recursive: true, force: true });
    }
  }
}
