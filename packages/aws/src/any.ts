import { HandlerError, type Trigger } from "@portico/core";
import { checkNames, describe, type OptionNames } from "@portico/core/adapter";
import { creators, type Entry, type KindOptions, type SomeFunction } from "./any/entries.js";
import { namesOf } from "./any/names.js";
import { completeContext, type LambdaContext } from "./context.js";
import { detect } from "./detect.js";
import { isUnknown } from "./event/raw.js";
import { nameOf } from "./foreign.js";

export type { KindOptions } from "./any/entries.js";
export type { LambdaContext } from "./context.js";

/** How several functions run in one Lambda. */
export interface AnyOptions extends KindOptions {
  /**
   * What the declared queues, topics, streams, buckets and tables are called in AWS, where that is not what they are called in the code:
   * `{ orders: process.env.ORDERS_QUEUE }`. Matters only where two functions of one kind are told apart by it.
   */
  readonly names?: Readonly<Record<string, string | undefined>> | undefined;
}

const optionNames = {
  http: true,
  queue: true,
  topic: true,
  stream: true,
  object: true,
  change: true,
  schedule: true,
  event: true,
  invoke: true,
  names: true,
} satisfies OptionNames<AnyOptions>;

/** What Lambda calls. */
export type AnyHandler = (event: unknown, context?: LambdaContext) => Promise<unknown>;

interface Route {
  readonly kind: string;
  readonly fn: SomeFunction;
  readonly entry: Entry;
  /** What its resource is called in AWS, where it has one. */
  readonly name: string | undefined;
}

/**
 * Makes one Lambda handler of several functions, and gives each event to the one that takes it, by its shape.
 *
 * - An event goes to the most particular kind that takes it: an S3 event on the bus to an object function, else to an event function. JSON
 *   that no source sends goes to the invoke function, unless `event.raw` or `schedule.customInput` claims it.
 * - Functions of one kind, and of kinds that read the same carrier with `unwrap`, are told apart by the name of their queue, topic, stream,
 *   bucket or table; functions of the kind `event` by their `types` and `sources`. A function that is alone takes every name.
 * - There is one `http` function (make it a `router`), one `schedule` and one `invoke` function: nothing tells two of them apart.
 *
 * Rejects with EVENT_UNSUPPORTED what no function takes, so that no message is lost.
 *
 * @example
 * export const handler = any([createOrder, fulfil, nightly], { queue: { batchItemFailures: true } });
 * @throws {HandlerError} CONFIG_INVALID when two functions could not be told apart, or an option of a kind is wrong.
 */
export function any(functions: readonly SomeFunction[], options: AnyOptions = {}): AnyHandler {
  checkNames(options, optionNames);
  if (!Array.isArray(functions))
    throw invalid(`A list of portable functions was expected, and this is ${describe(functions)}.`);
  const routes = Object.keys(creators).flatMap((kind) =>
    functions.filter((fn) => fn?.trigger?.kind === kind).map((fn) => toRoute(kind, fn, options)),
  );
  check(functions, routes);
  const rawEvents = options.event?.raw !== undefined;
  return async (event, lambda) => choose(routes, event, rawEvents).entry.run(event, completeContext(lambda));
}

type Resource = Trigger & Readonly<Partial<Record<"queue" | "topic" | "stream" | "bucket" | "table", string>>>;

function toRoute(kind: string, fn: SomeFunction, options: AnyOptions): Route {
  const { queue, topic, stream, bucket, table } = fn.trigger as Resource;
  const declared = queue ?? topic ?? stream ?? bucket ?? table;
  const name = declared === undefined ? undefined : (options.names?.[declared] ?? declared);
  const create = creators[kind] as (typeof creators)[string];
  return { kind, fn, name, entry: create(fn as never, options) };
}

const single: ReadonlySet<string> = new Set(["http", "schedule", "invoke"]);

function check(functions: readonly SomeFunction[], routes: readonly Route[]): void {
  if (functions.length === 0 || routes.length < functions.length) {
    throw invalid("Every entry must be a portable function, and there must be one.");
  }
  const seen = new Set<string>();
  for (const { kind, name, fn } of routes) {
    const identity = single.has(kind) ? kind : JSON.stringify([kind, name ?? fn.trigger]);
    if (seen.has(identity)) {
      throw invalid(
        `Two functions of kind ${kind} cannot be told apart${name === undefined ? "" : `: both are for ${name}`}.`,
      );
    }
    seen.add(identity);
  }
}

/** @throws {HandlerError} EVENT_UNSUPPORTED when none takes it, or more than one. */
function choose(routes: readonly Route[], event: unknown, rawEvents: boolean): Route {
  const shape = detect(event);
  const taking = routes
    .filter(({ entry }) => entry.takes(event))
    .toSorted((one, two) => rank(one.kind, event, shape, rawEvents) - rank(two.kind, event, shape, rawEvents));
  // An empty list of records tells no source, and there is nothing in it to lose.
  const [first = shape === "no records" ? routes.find(({ name }) => name !== undefined) : undefined] = taking;
  if (!first) throw unsupported(`no function takes this event: ${nameOf(event)}`);
  const carried = carriers.has(shape);
  const rivals = carried ? taking : taking.filter(({ kind }) => kind === first.kind);
  if (rivals.length < 2) return first;
  const names = namesOf(event);
  const [route, second] = firstNotEmpty([
    rivals.filter(({ name }) => name !== undefined && names.has(name)),
    rivals.filter(({ name, fn }) => name === undefined && !carried && isFiltered(fn) && wants(fn, event)),
    rivals.filter(({ name, fn }) => name === undefined && (carried || !isFiltered(fn))),
  ]);
  if (route && !second) return route;
  const list = rivals.map(({ kind, name }) => name ?? kind).join(", ");
  const found = [...names].join(", ") || "nothing that has a name";
  throw unsupported(`${route ? "more than one" : "none"} of ${list} takes this ${shape} event, which is of ${found}`);
}

/** What may hold the events of other kinds. */
const carriers: ReadonlySet<string> = new Set(["sqs", "sns", "array"]);

/** 1 for functions that take any JSON: they come after those that know the event, since none may take what is another's. */
function rank(kind: string, event: unknown, shape: string, rawEvents: boolean): number {
  if (kind === "event") return isUnknown(event) && !rawEvents ? 1 : 0;
  return kind === "schedule" && shape !== "schedule" && !isUnknown(event) ? 1 : 0;
}

function firstNotEmpty<T>(lists: readonly (readonly T[])[]): readonly T[] {
  return lists.find(({ length }) => length > 0) ?? [];
}

function isFiltered({ trigger }: SomeFunction): boolean {
  const { types, sources } = trigger as { types?: unknown; sources?: unknown };
  return types !== undefined || sources !== undefined;
}

/** Whether an event of the bus, or a CloudEvent, is in the filter of an event function. */
function wants({ trigger }: SomeFunction, event: unknown): boolean {
  const { types, sources } = trigger as { types?: readonly string[]; sources?: readonly string[] };
  const { type, source, "detail-type": detailType } = (event ?? {}) as Readonly<Record<string, unknown>>;
  return fits(detailType ?? type, types) && fits(source, sources);
}

function fits(value: unknown, patterns: readonly string[] | undefined): boolean {
  if (patterns === undefined) return true;
  return patterns.some((pattern) =>
    pattern.endsWith("*") ? String(value).startsWith(pattern.slice(0, -1)) : value === pattern,
  );
}

function unsupported(what: string): HandlerError {
  return new HandlerError("EVENT_UNSUPPORTED", `In this Lambda, ${what}.`, {
    hint: "Give `any` a function for it; where resources have other names in AWS than in the code, say so with `names`.",
  });
}

function invalid(message: string): HandlerError {
  return new HandlerError("CONFIG_INVALID", message, {
    hint: "Make HTTP functions one with `router`, and give other functions a Lambda of their own.",
  });
}
