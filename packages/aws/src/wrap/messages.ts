import {
  type Context,
  HandlerError,
  type MessageFunction,
  type MessagePipeline,
  type NeutralEvent,
  type Outcome,
  type Trigger,
} from "@portico/core";
import { checkNames, errorFields, fromThrown, type OptionNames, requireOption, toError } from "@portico/core/adapter";
import { type Call, createCall } from "./lambda/call.js";
import type { CallOptions } from "./lambda/context.js";
import { checkHandler, type NativeHandler } from "./lambda/handler.js";

/** How a source of AWS delivers neutral events, and understands what a handler makes of them. */
export interface Encoder<E extends NeutralEvent, R> {
  /**
   * One event as one record. `index` is its place among those that are delivered together.
   *
   * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry it.
   */
  encode(event: E, index: number): R | Promise<R>;
  /** The native event of records that go together. */
  gather(records: readonly R[]): unknown;
  /** What only goes with its like into one native event, such as a shard. Default: all go together. */
  lane?(record: R): string;
  /**
   * The places of the records that are to come again, by the identifiers that a handler reported; undefined where one of them is not valid,
   * which fails the whole delivery. Absent where the source takes no report.
   */
  failed?(identifiers: readonly unknown[], records: readonly R[]): ReadonlySet<number> | undefined;
}

/** What the event source mapping has at home. */
export interface HomeMapping extends CallOptions {
  /**
   * Whether the mapping has `FunctionResponseTypes: ["ReportBatchItemFailures"]` at home. Without it a list of failures that the handler
   * returns means nothing, as there. Default: false.
   */
  readonly batchItemFailures?: boolean | undefined;
}

/** Wraps a handler for a source that delivers in batches. */
export interface WrapBatched<T extends Trigger, E, O> {
  /** The handler gets one event at a time. */
  (handler: NativeHandler, options: O): MessageFunction<T, E>;
  /** The handler gets all events of a delivery in one native event; those of several shards in one for each. */
  batch(handler: NativeHandler, options: O): MessageFunction<T, E>;
}

/** The wrapper of a kind whose sources deliver in batches. `resource` is the option that names what it is declared for. */
export function wrapBatched<T extends Trigger, E extends NeutralEvent, O extends HomeMapping>(
  kind: string,
  resource: keyof O & string,
  names: OptionNames<O>,
  toPipeline: (options: O) => MessagePipeline<T, E>,
  toEncoder: (options: O) => Encoder<E, unknown>,
): WrapBatched<T, E, O> {
  const prepare = (handler: NativeHandler, options: O): Encoder<E, unknown> => {
    checkHandler(handler);
    checkNames(options, names);
    requireOption(kind, options, resource, '"orders"');
    const encoder = toEncoder(options);
    if (!options.batchItemFailures || encoder.failed) return encoder;
    throw new HandlerError("CONFIG_INVALID", "An event source mapping of this source has no ReportBatchItemFailures.");
  };
  const wrap = (handler: NativeHandler, options: O) => {
    const encoder = prepare(handler, options);
    const call = createCall(handler, options);
    return toPipeline(options).handle((event, context) => deliverOne(call, encoder, { event, context }, options));
  };
  const batch = (handler: NativeHandler, options: O) => {
    const encoder = prepare(handler, options);
    const call = createCall(handler, options);
    return toPipeline(options).batch((items) => deliverNative(call, encoder, items, options));
  };
  return Object.assign(wrap, { batch });
}

/** The wrapper of a kind whose sources deliver one event at a time. */
export function wrapSingle<T extends Trigger, E extends NeutralEvent>(
  pipeline: MessagePipeline<T, E>,
  encode: (event: E) => unknown,
  handler: NativeHandler,
  options: CallOptions,
): MessageFunction<T, E> {
  checkHandler(handler);
  const encoder: Encoder<E, unknown> = { encode, gather: ([record]) => record };
  const call = createCall(handler, options);
  return pipeline.handle((event, context) => deliverOne(call, encoder, { event, context }, options));
}

/** One native event of several neutral ones. */
export async function encodeTogether<E extends NeutralEvent, R>(
  encoder: Encoder<E, R>,
  events: readonly E[],
): Promise<unknown> {
  return encoder.gather(await Promise.all(events.map((event, index) => encoder.encode(event, index))));
}

interface Item<E> {
  readonly event: E;
  readonly context: Context;
}

async function deliverOne<E extends NeutralEvent>(
  call: Call,
  encoder: Encoder<E, unknown>,
  item: Item<E>,
  options: HomeMapping,
): Promise<Outcome | undefined> {
  const [outcome] = await deliverNative(call, encoder, [item], options);
  return outcome;
}

/** Gives events to a native handler, each lane in one native event; resolves to an outcome for each, by index. */
async function deliverNative<E extends NeutralEvent, R>(
  call: Call,
  encoder: Encoder<E, R>,
  items: readonly Item<E>[],
  options: HomeMapping,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const lanes = new Map<string, { places: number[]; records: R[] }>();
  for (const [index, { event, context }] of items.entries()) {
    try {
      const record = await encoder.encode(event, index);
      const name = encoder.lane?.(record) ?? "";
      const lane = lanes.get(name) ?? { places: [], records: [] };
      lanes.set(name, lane);
      lane.places.push(index);
      lane.records.push(record);
    } catch (error) {
      outcomes[index] = fromThrown(error, event, context);
    }
  }
  const runs = [...lanes.values()].map(async ({ places, records }) => {
    const { context } = items[places[0] as number] as Item<E>;
    const read = await deliverLane(call, encoder, records, context, options);
    for (const [place, index] of places.entries()) outcomes[index] = read(place);
  });
  await Promise.all(runs);
  return outcomes;
}

async function deliverLane<E extends NeutralEvent, R>(
  call: Call,
  encoder: Encoder<E, R>,
  records: readonly R[],
  context: Context,
  options: HomeMapping,
): Promise<(place: number) => Outcome> {
  try {
    const result = toPayload(await call(encoder.gather(records), context));
    const failed = options.batchItemFailures && encoder.failed ? readReport(result, encoder.failed, records) : none;
    if (failed.size > 0) context.log.warn("the handler reported failures", { failed: failed.size, of: records.length });
    return (place) => (failed.has(place) ? { outcome: "retry" } : { outcome: "ack" });
  } catch (thrown) {
    // Whatever its class: at home a throw always brings the delivery back.
    const error = toError(thrown);
    context.log.error("the handler failed", { error: errorFields(error) });
    return () => ({ outcome: "retry", error });
  }
}

const none: ReadonlySet<number> = new Set();

/** A result as the service gets it: JSON. What has no JSON form fails the invocation. */
export function toPayload(result: unknown): unknown {
  if (result === undefined) return null;
  try {
    return JSON.parse(JSON.stringify(result) ?? "null");
  } catch (cause) {
    throw new HandlerError("REPLY_INVALID", "The handler's result cannot be written as JSON.", { cause });
  }
}

/** @throws {HandlerError} REPLY_INVALID when it is no report that Lambda takes: the whole delivery comes again. */
function readReport<R>(
  result: unknown,
  failed: NonNullable<Encoder<NeutralEvent, R>["failed"]>,
  records: readonly R[],
): ReadonlySet<number> {
  if (result === null) return none;
  if (typeof result !== "object" || Array.isArray(result)) throw invalidReport("its result is no object");
  const { batchItemFailures: list = null } = result as { batchItemFailures?: unknown };
  if (list === null) return none;
  if (!Array.isArray(list)) throw invalidReport("batchItemFailures is no list");
  const identifiers = list.map((item) => (item as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  const places = failed(identifiers, records);
  if (!places) throw invalidReport("an itemIdentifier is none of the delivery's");
  return places;
}

function invalidReport(what: string): HandlerError {
  return new HandlerError("REPLY_INVALID", `The handler's report of failures is not valid: ${what}.`, {
    hint: "At home that fails the whole delivery, and here too.",
  });
}
