import { createHash } from "node:crypto";
import { access, mkdir, readdir, rename, rm, rmdir, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { StoreFailure } from "../failure.js";

/** Milliseconds without a sign of its owner after which a lock is taken for one that a process has left behind. */
const staleMs = 10_000;
/** Milliseconds between two signs: what is done under a lock takes a few, and less than this. */
const signMs = 2000;

/** Rejects when the lock is another's by now: to be asked right before what must not be done by two. */
export type AssertHeld = () => Promise<void>;

/**
 * Runs `work` while no other writer, of this process or another, is at the same object.
 *
 * A lock is a folder with one file, whose name is its owner's token. Each step is one rename or removal that names the token, so that the
 * file system lets one writer do it and turns down all others: nobody looks first and acts later.
 */
export async function locked<T>(
  folder: string,
  path: string,
  signal: AbortSignal,
  work: (assertHeld: AssertHeld) => Promise<T>,
): Promise<T> {
  const lock = join(folder, createHash("sha256").update(path).digest("hex"));
  const token = crypto.randomUUID();
  const own = join(lock, token);
  await acquire(lock, token, join(folder, `${token}.new`), signal);
  const sign = setInterval(() => void keep(lock, own), signMs);
  sign.unref();
  try {
    return await work(async () => {
      if (await exists(own)) return;
      throw new StoreFailure("UNAVAILABLE", "The process stood still for so long that another writer has taken over.");
    });
  } finally {
    clearInterval(sign);
    await release(lock, own);
  }
}

async function acquire(lock: string, token: string, made: string, signal: AbortSignal): Promise<void> {
  await mkdir(made);
  try {
    await writeFile(join(made, token), "");
    while (!(await take(lock, made)) && !(await takeOver(lock, token))) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 5));
      // A folder keeps its time when it is renamed: after a long wait the lock would look as if it had been left behind.
      const now = new Date();
      await utimes(made, now, now);
    }
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** Puts a folder with our token in place, where none is that has another's. */
async function take(lock: string, made: string): Promise<boolean> {
  try {
    await rename(made, lock);
    return true;
  } catch (error) {
    if (!isTaken(error)) throw error;
    return false;
  }
}

/** Makes a token that was left behind ours; of several who try, the first one finds it. */
async function takeOver(lock: string, token: string): Promise<boolean> {
  try {
    // The token before the time: one that came later is not renamed, and one that came before has the time at which it came.
    const left = await readdir(lock).catch((error: unknown) => {
      if (codeOf(error) === "ENOTDIR") return undefined;
      throw error;
    });
    if (Date.now() - (await stat(lock)).mtimeMs < staleMs) return false;
    const [name] = left ?? [];
    if (name !== undefined) {
      const own = join(lock, token);
      await rename(join(lock, name), own);
      await keep(lock, own);
      return true;
    }
    // Left between the two steps of a release, or a file; neither call takes away what somebody holds.
    await (left ? rmdir(lock) : unlink(lock));
  } catch (error) {
    if (!isTaken(error) && codeOf(error) !== "ENOENT") throw error;
  }
  return false;
}

/** A sign that the owner is there. */
async function keep(lock: string, own: string): Promise<void> {
  const now = new Date();
  if (await exists(own)) await utimes(lock, now, now).catch(() => undefined);
}

async function release(lock: string, own: string): Promise<void> {
  try {
    await unlink(own);
    await rmdir(lock);
  } catch (error) {
    // It was taken over, or somebody has it already.
    if (!isTaken(error) && codeOf(error) !== "ENOENT") throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Whether something is in the way; Windows says so in words of its own. */
function isTaken(error: unknown): boolean {
  return ["ENOTEMPTY", "EEXIST", "ENOTDIR", "EPERM", "EACCES", "EISDIR", "EBUSY"].includes(codeOf(error) ?? "");
}

/** The code of one of Node's own errors. */
export function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | undefined)?.code;
}
