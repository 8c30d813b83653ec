import { HandlerError } from "../../error.js";
import { checkNumbers, timerMilliseconds } from "../../option-number.js";

/** One server-sent event. `data` that is not a string is sent as JSON. */
export interface ServerSentEvent {
  readonly data?: unknown;
  /** The event's name; browsers see `message` when there is none. */
  readonly event?: string | undefined;
  readonly id?: string | undefined;
  /** How long the client waits before it connects again, in milliseconds. */
  readonly retry?: number | undefined;
  /** A line that clients ignore. */
  readonly comment?: string | undefined;
}

/** How an event stream is kept alive. */
export interface SseOptions {
  /** Sends a comment when nothing was sent for so long, so that proxies keep the connection. Milliseconds; default: never. */
  readonly keepAliveMs?: number | undefined;
}

const breaks = /\r\n|\r|\n/;

/**
 * One event in the wire format.
 *
 * @throws {HandlerError} REPLY_INVALID when the id or the name has a line break, which would start another field.
 */
export function formatEvent({ data, event, id, retry, comment }: ServerSentEvent): string {
  let text = "";
  if (comment !== undefined) for (const line of comment.split(breaks)) text += `: ${line}\n`;
  if (event !== undefined) text += `event: ${oneLine("event", event)}\n`;
  if (id !== undefined) text += `id: ${oneLine("id", id)}\n`;
  if (retry !== undefined) text += `retry: ${Math.trunc(retry)}\n`;
  if (data !== undefined) {
    const payload = typeof data === "string" ? data : JSON.stringify(data);
    for (const line of payload.split(breaks)) text += `data: ${line}\n`;
  }
  return `${text}\n`;
}

function oneLine(field: string, value: string): string {
  if (/[\r\n\0]/.test(value))
    throw new HandlerError("REPLY_INVALID", `The ${field} of a server-sent event has a line break.`);
  return value;
}

/** @throws {HandlerError} CONFIG_INVALID when it is no time that a timer takes: a longer one would be none. */
export function checkKeepAlive(keepAliveMs: number | undefined): void {
  const hint = "Give 1 to 2147483647 milliseconds, such as 15000, or leave it out: then no comments are sent.";
  checkNumbers({ keepAliveMs }, { keepAliveMs: { ...timerMilliseconds, hint } });
}

/** Events as chunks of text; ends the source when the reader leaves. */
export async function* toEventStream(
  events: AsyncIterable<ServerSentEvent>,
  { keepAliveMs }: SseOptions = {},
): AsyncGenerator<string> {
  if (keepAliveMs === undefined) {
    for await (const event of events) yield formatEvent(event);
    return;
  }
  const iterator = events[Symbol.asyncIterator]();
  try {
    for (let next = iterator.next(); ; ) {
      const result = await withTimer(next, keepAliveMs);
      if (result === "quiet") {
        yield ": keep-alive\n\n";
        continue;
      }
      if (result.done) return;
      yield formatEvent(result.value);
      next = iterator.next();
    }
  } finally {
    await iterator.return?.();
  }
}

async function withTimer<T>(promise: Promise<T>, ms: number): Promise<T | "quiet"> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const quiet = new Promise<"quiet">((resolve) => {
    timer = setTimeout(() => resolve("quiet"), ms);
  });
  try {
    return await Promise.race([promise, quiet]);
  } finally {
    clearTimeout(timer);
  }
}
