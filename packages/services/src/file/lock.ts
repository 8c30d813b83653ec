import { createHash } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Milliseconds after which a lock is taken for one that a process has left behind: what is done under it takes a few. */
const staleMs = 10_000;

/** Runs `work` while no other writer, of this process or another, is at the same object. */
export async function locked<T>(folder: string, path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const lock = join(folder, createHash("sha256").update(path).digest("hex"));
  while (!(await take(lock))) {
    signal.throwIfAborted();
    await removeStale(lock);
    await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 5));
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, "wx")).close();
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function removeStale(lock: string): Promise<void> {
  try {
    if (Date.now() - (await stat(lock)).mtimeMs < staleMs) return;
    // Only one can move it away, so that nobody removes a lock that another has just taken.
    const aside = `${lock}.${crypto.randomUUID()}`;
    await rename(lock, aside);
    await rm(aside, { force: true });
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** The code of one of Node's own errors. */
export function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | undefined)?.code;
}
