import type { Context, NeutralEvent, Sink } from "@portico/core";
import { describe } from "@portico/core/adapter";
import { wrong } from "./fake-check.js";
import type { FakeClock } from "./fake-clock.js";

/** What a sink was given once. */
export interface SunkMessage<E extends NeutralEvent = NeutralEvent> {
  readonly message: E;
  readonly reason: string;
  /** The same for every delivery of one message. */
  readonly key: string;
  readonly context: Context;
}

/** How a recording sink behaves. */
export interface RecordingSinkOptions {
  /** Rejects everything, with this error where it is one. Default: false. */
  readonly fails?: boolean | Error | undefined;
  /** How long each call takes, in milliseconds. Default: 0. */
  readonly delayMs?: number | undefined;
  /** The clock that `delayMs` is measured by. Default: the system's. */
  readonly clock?: FakeClock | undefined;
}

/** A sink that remembers. `fails` and `delayMs` may be set while a test runs. */
export interface RecordingSink<E extends NeutralEvent = NeutralEvent> extends Sink<E> {
  /** What it took, in order; a message that came twice stands there twice. */
  readonly taken: readonly SunkMessage<E>[];
  /** What it was given and did not take. */
  readonly refused: readonly SunkMessage<E>[];
  fails: boolean | Error;
  delayMs: number;
}

/**
 * A sink for tests of what can never be done.
 *
 * @throws {HandlerError} CONFIG_INVALID when `delayMs` is not a number of milliseconds.
 * @example
 * const sink = recordingSink();
 * const { aws } = await onEveryCloud(fulfil, { sink }).send(fake.queue({ text: "no JSON" }));
 * expect(sink.taken).toMatchObject([{ reason: expect.stringContaining("BAD_REQUEST") }]);
 */
export function recordingSink<E extends NeutralEvent = NeutralEvent>(
  options: RecordingSinkOptions = {},
): RecordingSink<E> {
  const { fails = false, delayMs = 0, clock } = options;
  if (!(delayMs >= 0)) throw wrong(`The delayMs of a recording sink is ${describe(delayMs)}.`);
  const taken: SunkMessage<E>[] = [];
  const refused: SunkMessage<E>[] = [];
  const sleep = clock?.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));

  const sink: Sink<E> = async (message, reason, context) => {
    const entry = { message, reason, key: context.key, context };
    if (recording.delayMs > 0) await sleep(recording.delayMs);
    if (recording.fails === false) {
      taken.push(entry);
      return;
    }
    refused.push(entry);
    throw recording.fails === true ? new Error("The sink fails, as the test wants it to.") : recording.fails;
  };
  const recording: RecordingSink<E> = Object.assign(sink, { taken, refused, fails, delayMs });
  return recording;
}
