import type { FunctionTrigger, SqlChange } from "@azure/functions";
import type { ChangeEvent } from "@portico/core";
import { actionOfChange, type ChangeFacts, keyHint, keyOfChange } from "@portico/core/adapter";
import { type Carrier, list, type Part } from "../delivery.js";
import { fieldsOf } from "../fields.js";
import { host } from "../host-value.js";
import { toDocument } from "../json.js";

interface RowPart extends Part<ChangeEvent> {
  readonly change: SqlChange;
}

const carrier = "A change of a SQL table";
const fields = fieldsOf(carrier);
const operations = { insert: 0, update: 1, delete: 2 } as const;

/** Rows of a table, always in a list: each as it is now, or of a deleted one its key. */
export function sql(trigger: FunctionTrigger, table: ChangeFacts): Carrier<ChangeEvent> {
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

function toChange(event: ChangeEvent, table: ChangeFacts): SqlChange {
  const told = actionOfChange(carrier, event, table);
  const key = keyOfChange(carrier, event, table);
  const row = told === "delete" ? key : event.after;
  if (row === undefined) throw fields.refuse("after", "the source does not tell what the row is now");
  const item = toDocument(row, fields);
  const nested = Object.keys(item).find((column) => typeof item[column] === "object" && item[column] !== null);
  if (nested !== undefined) throw fields.refuse(`attribute ${nested}`, "a column holds one value");
  const missing = Object.keys(key).find((column) => item[column] === undefined || item[column] === null);
  if (missing !== undefined) throw fields.refuse("key", `the row has no column ${missing}`, keyHint);
  return { Operation: operations[told], Item: item };
}
