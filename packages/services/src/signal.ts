/** What a promise gives, unless the signal aborts first: then it rejects with the signal's reason. */
export function untilAborted<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  // Not Promise.race with one promise for the signal: that would keep every value until the signal is let go of.
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    promise.then(
      (value) => {
        signal.removeEventListener("abort", onAbort);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener("abort", onAbort);
        reject(error);
      },
    );
  });
}

/** Milliseconds for the clearing away of an upload, also when the invocation's own time is over. */
export const clearingMs = 5000;

/**
 * Begins what has to be cleared away when it is not finished, such as an upload in parts. A signal that aborts meanwhile does not end the
 * request at once: only its answer tells what there is to clear away.
 */
export async function begin<T>(
  start: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  clear: (begun: T) => Promise<void>,
): Promise<T> {
  signal.throwIfAborted();
  const late = new AbortController();
  const begun = start(late.signal);
  try {
    return await untilAborted(begun, signal);
  } catch (error) {
    if (signal.aborted) {
      await untilAborted(begun.then(clear), AbortSignal.timeout(clearingMs)).catch(() => undefined);
      late.abort();
    }
    throw error;
  }
}

/**
 * Runs `work` for each item, so many at a time. Rejects with the first failure, when all that has begun is over; a failure is not kept
 * waiting by items that do not come.
 */
export async function inParallel<T>(
  items: AsyncIterable<T> | Iterable<T>,
  atOnce: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failed = new AbortController();
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  try {
    for (let index = 0; ; index += 1) {
      failed.signal.throwIfAborted();
      const { done, value } = await untilAborted(Promise.resolve(iterator.next()), failed.signal);
      if (done) break;
      const one: Promise<void> = work(value, index)
        .catch((error: unknown) => failed.abort(error))
        .finally(() => running.delete(one));
      running.add(one);
      if (running.size >= atOnce) await Promise.race(running);
    }
  } catch (error) {
    Promise.resolve(iterator.return?.()).catch(() => undefined);
    throw error;
  } finally {
    await Promise.all(running);
  }
  failed.signal.throwIfAborted();
}
