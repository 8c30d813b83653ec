import { HandlerError, type Marked, type Next, type None } from "@portico/core";
import { cancelLate, checkNames, checkNumbers, type OptionNames, timerMilliseconds } from "@portico/core/adapter";

/** Options of `timeout`. */
export interface TimeoutOptions {
  /** What the caller is told. Default: "The function did not answer in time." */
  readonly message?: string | undefined;
}

/**
 * Gives the rest of the pipeline so many milliseconds to answer. Then its `signal` aborts and the layer rejects with TIMEOUT (504 for HTTP).
 * Work that does not heed the signal goes on, and what becomes of it is ignored. The time ends with the reply: a streamed body may take longer.
 *
 * @example
 * http.get("/report").use(timeout(5000)).handle(async (_request, { signal }) => reply.json(await fetchReport({ signal })));
 *
 * @throws {HandlerError} CONFIG_INVALID when the time is not a number of milliseconds from 1 to 2147483647.
 */
export function timeout(ms: number, options: TimeoutOptions = {}) {
  checkNames(options, { message: true } satisfies OptionNames<TimeoutOptions>);
  const { message = "The function did not answer in time." } = options;
  // What is left out is no time either.
  checkNumbers({ timeout: ms ?? null }, { timeout: timerMilliseconds });
  return async <E, C extends { readonly signal: AbortSignal }, R>(
    _event: E,
    { signal }: C,
    next: Next<R>,
  ): Promise<Marked<R, None>> => {
    const controller = new AbortController();
    // Stays linked after the reply, since a streamed body still reads from the signal; both end with the invocation.
    if (signal.aborted) controller.abort(signal.reason);
    else signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });

    let timer: ReturnType<typeof setTimeout> | undefined;
    const expired = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = new HandlerError("TIMEOUT", message);
        // First the answer, then the signal: what the rest rejects with because of the signal comes too late.
        reject(error);
        controller.abort(error);
      }, ms);
    });
    const running = next({ signal: controller.signal });
    expired.catch(() => running.then(cancelLate, () => undefined));
    try {
      return await Promise.race([running, expired]);
    } finally {
      clearTimeout(timer);
    }
  };
}
