import { type ChangeAction, type ChangeEvent, type ChangeItem, type ChangeValue, Decimal } from "@portico/core";
import { changeFacts, describe, plainEvent } from "@portico/core/adapter";
import { checkInit, date, filled, flag, isObject, oneOf, type Rule, seed, text, wrong } from "./fake-check.js";
import { Draw, fakeTime, nextSeed, type Seed } from "./seed.js";

/** What a fake change is made of; what a platform need not tell stays undefined. */
export interface FakeChangeInit {
  /** Default: a UUID made of the seed. */
  readonly id?: string | undefined;
  /** Default: the table. */
  readonly source?: string | undefined;
  /** Default: the start of 2026. */
  readonly time?: Date | undefined;
  /** Default: `fake-table`. */
  readonly table?: string | undefined;
  /** Default: the `id` of the item, or one made of the seed. */
  readonly key?: ChangeItem | undefined;
  /** Default: `update` with both items, `delete` with `before` alone, else `insert`. */
  readonly action?: ChangeAction | undefined;
  readonly before?: ChangeItem | undefined;
  readonly after?: ChangeItem | undefined;
  /** {@link ChangeEvent.expired} */
  readonly expired?: boolean | undefined;
  readonly partition?: string | undefined;
  readonly sequence?: string | undefined;
  /** What the id is made of. Default: another one for each fake. */
  readonly seed?: Seed | undefined;
}

const item: Rule = { wanted: "an object of database values", fits: isObject };
const rules = {
  id: filled,
  source: text,
  time: date,
  table: filled,
  key: item,
  action: oneOf("insert", "update", "delete", "upsert"),
  before: item,
  after: item,
  expired: flag,
  partition: text,
  sequence: text,
  seed,
};

/**
 * A database item was inserted, updated or deleted. Items are copied, into maps without a prototype as in production.
 *
 * @example
 * await onChange(fake.change({ table: "orders", after: { id: "7", total: 9.95 } }));
 * @throws {HandlerError} CONFIG_INVALID when the init has a field that no change has, or a value that no database has.
 */
export function fakeChange(init: FakeChangeInit = {}): ChangeEvent {
  checkInit("fake change", init, rules);
  const draw = new Draw("change", init.seed ?? nextSeed());
  const id = init.id ?? draw.uuid();
  const { table = "fake-table", before, after, expired, partition, sequence } = init;
  const key = init.key ?? { id: after?.id ?? before?.id ?? draw.uuid() };
  const facts = {
    table,
    key: toItem(key),
    action: init.action ?? toAction(init),
    before: before && toItem(before),
    after: after && toItem(after),
    expired,
    partition,
    sequence,
  };
  const origin = { id, source: init.source ?? table, time: init.time ?? fakeTime, native: init };
  return plainEvent({ kind: "change", ...origin, ...facts, json: async () => changeFacts(facts) });
}

function toAction({ before, after }: FakeChangeInit): ChangeAction {
  if (before) return after ? "update" : "delete";
  return "insert";
}

function toItem(given: ChangeItem): ChangeItem {
  const made: Record<string, ChangeValue> = Object.create(null);
  for (const [name, value] of Object.entries(given)) made[name] = toValue(name, value);
  return made;
}

function toValue(name: string, value: ChangeValue): ChangeValue {
  if (value === null || ["string", "number", "bigint", "boolean"].includes(typeof value)) return value;
  if (value instanceof Date || value instanceof Uint8Array || value instanceof Decimal) return value;
  if (Array.isArray(value)) return value.map((one: ChangeValue) => toValue(name, one));
  if (isObject(value) && isPlain(value)) return toItem(value as ChangeItem);
  throw wrong(
    `The ${JSON.stringify(name)} of an item of a fake change is ${describe(value)}, which no database holds.`,
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
