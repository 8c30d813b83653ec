import type { FunctionTrigger, SqlChange } from "@azure/functions";
import type { ChangeEvent } from "@portico/core";
import { type Carrier, list, type Part } from "../delivery.js";
import { fieldsOf } from "../fields.js";
import { host } from "../host-value.js";
import { toDocument } from "../json.js";
import type { UpsertAs } from "./cosmos.js";

/** What the carrier of a table is made of. */
export interface SqlTable {
  readonly upsertAs?: UpsertAs | undefined;
  readonly keys?: readonly string[] | undefined;
}

interface RowPart extends Part<ChangeEvent> {
  readonly change: SqlChange;
}

const fields = fieldsOf("A change of a SQL table");
const operations = { insert: 0, update: 1, delete: 2 } as const;

/** Rows of a table, always in a list: each as it is now, or of a deleted one its key. */
export function sql(trigger: FunctionTrigger, table: SqlTable): Carrier<ChangeEvent> {
  return {
    trigger,
    many: true,
    async prepare(event): Promise<RowPart> {
      const change = toChange(event, table);
      return { event, input: host.json(change), facts: {}, shared: {}, change };
    },
    join: (parts) =>
      list(
        parts,
        parts.map((part) => (part as RowPart).change),
      ),
  };
}

function toChange(event: ChangeEvent, { upsertAs, keys = Object.keys(event.key) }: SqlTable): SqlChange {
  const told = event.action === "upsert" ? upsertAs : event.action;
  if (told === undefined)
    throw fields.refuse("action", "it may be an insertion or an update", 'Pass `upsertAs: "insert"` or `"update"`.');
  const row = told === "delete" ? event.key : event.after;
  if (row === undefined) throw fields.refuse("after", "the source does not tell what the row is now");
  const item = toDocument(row, fields);
  const nested = Object.keys(item).find((column) => typeof item[column] === "object" && item[column] !== null);
  if (nested !== undefined) throw fields.refuse(`attribute ${nested}`, "a column holds one value");
  const missing = keys.find((column) => item[column] === undefined || item[column] === null);
  if (keys.length === 0 || missing !== undefined) {
    const reason = missing === undefined ? "it is empty" : `the row has no column ${missing}`;
    throw fields.refuse("key", reason, 'Name the columns of the primary key: `keys: ["id"]`.');
  }
  return { Operation: operations[told], Item: item };
}
