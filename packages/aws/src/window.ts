import type { Context, NeutralEvent } from "@portico/core";
import { HandlerError } from "@portico/core";
import type { Cell } from "./messages.js";

/** The window that a delivery belongs to. */
export interface TumblingWindow {
  readonly start: Date;
  readonly end: Date;
  readonly shardId: string | undefined;
  /** The window is over: this is the time to store what it came to. There may be no records. */
  readonly isFinal: boolean;
  /** It ended before its time, because its state outgrew 1 MB. */
  readonly isTerminatedEarly: boolean;
}

/**
 * Gets the events of a delivery that were acknowledged by their handler, in order, and what this gave for the delivery before it in the
 * same window; gives the next state, as JSON. If it throws, the whole delivery comes again with the state as it was.
 */
export type ReduceWindow<E extends NeutralEvent> = (
  events: readonly E[],
  state: unknown,
  window: TumblingWindow,
  context: Context,
) => unknown;

export interface WindowOptions<E extends NeutralEvent> {
  /**
   * For an event source mapping with a tumbling window (Kinesis and DynamoDB streams): makes the window's state, after the function has
   * handled each event. Default: the state stays as it is.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
   */
  readonly window?: ReduceWindow<E> | undefined;
}

interface WindowEvent {
  readonly window?: { readonly start?: string; readonly end?: string } | undefined;
  readonly state?: unknown;
  readonly shardId?: string;
  readonly eventSourceARN?: unknown;
  readonly Records?: unknown;
  readonly isFinalInvokeForWindow?: boolean;
  readonly isWindowTerminatedEarly?: boolean;
}

/** A source whose deliveries may belong to a window: their result always has its state, which Lambda demands. */
export function withWindow<E extends NeutralEvent>(cell: Cell<E>, reduce: ReduceWindow<E> | undefined): Cell<E> {
  if (reduce !== undefined && typeof reduce !== "function") {
    throw new HandlerError("CONFIG_INVALID", "The option window is not a function.");
  }
  return {
    ...cell,
    matches: (event) => cell.matches(event) || isWithoutRecords(event, cell.capabilities.source),
    read: (event, lambda) => (hasRecords(event) ? cell.read(event, lambda) : []),
    finish: async (result, handled, event, context) => {
      const { window, state = {}, ...facts } = event as WindowEvent;
      if (typeof window !== "object" || window === null) return result;
      if (!reduce) return { ...(result as object), state };
      const next = await reduce(handled, state, toWindow(window, facts), context);
      // A result without a state is a failed invocation.
      return { ...(result as object), state: next === undefined ? state : next };
    },
  };
}

function toWindow({ start, end }: NonNullable<WindowEvent["window"]>, facts: WindowEvent): TumblingWindow {
  return {
    start: new Date(start ?? Number.NaN),
    end: new Date(end ?? Number.NaN),
    shardId: facts.shardId,
    isFinal: facts.isFinalInvokeForWindow === true,
    isTerminatedEarly: facts.isWindowTerminatedEarly === true,
  };
}

/** The last invocation of a window may have no record that tells its source. */
function isWithoutRecords(event: unknown, source: string): boolean {
  const { window, eventSourceARN } = (event ?? {}) as WindowEvent;
  if (typeof window !== "object" || window === null || hasRecords(event)) return false;
  const service = /^arn:[^:]*:([^:]*):/.exec(String(eventSourceARN))?.[1];
  return service === undefined || source.toLowerCase().startsWith(service);
}

function hasRecords(event: unknown): boolean {
  const { Records } = (event ?? {}) as WindowEvent;
  return Array.isArray(event) || (Array.isArray(Records) && Records.length > 0);
}
