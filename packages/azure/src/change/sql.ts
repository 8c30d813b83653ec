import { type Capabilities, type ChangeAction, type ChangeEvent, type ChangeItem, HandlerError } from "@portico/core";
import { changeFacts, describe, ShownEvent } from "@portico/core/adapter";
import { fingerprint } from "../messages/body.js";
import { own } from "../messages/metadata.js";
import { type Cell, foreign, type NativeRecord } from "../messages.js";
import { toItem } from "./item.js";

export const capabilities: Capabilities = {
  kind: "change",
  source: "SQL",
  batch: true,
  redelivery: "delivery",
  requires: "nothing; after five failures the host leaves a row out, and does not say when that comes",
  order: "none",
  retryDelay: false,
  deadLetter: "sink",
  attempt: false,
  deadline: false,
  see: "https://learn.microsoft.com/azure/azure-functions/functions-bindings-azure-sql-trigger#processing-changes",
};

const actions: readonly (ChangeAction | undefined)[] = ["insert", "update", "delete"];

/**
 * Rows of a SQL table, each as it is now, once per batch however often it changed. Its id is its key with a fingerprint of what it holds.
 */
export function sqlTable(table: string, primaryKey: readonly string[]): Cell<ChangeEvent> {
  return {
    capabilities,
    read: (input) => {
      if (!Array.isArray(input)) throw foreign("A list of changed rows", input);
      return input.map((native): NativeRecord<ChangeEvent> => {
        const event = new SqlChangeEvent(table, primaryKey, native);
        return { event, rejected: check(event, primaryKey) };
      });
    },
  };
}

function check({ native, key, table }: SqlChangeEvent, primaryKey: readonly string[]): HandlerError | undefined {
  if (actionOf(native) === undefined || toItem(own(native, "Item")) === undefined)
    return new HandlerError(
      "EVENT_MALFORMED",
      `A change of the table ${table} is ${describe(native)} without operation or row.`,
    );
  const missing = primaryKey.filter((column) => key[column] === undefined || key[column] === null);
  if (missing.length === 0) return undefined;
  return new HandlerError("EVENT_MALFORMED", `A row of the table ${table} has no column ${missing.join(", ")}.`, {
    hint: "The option `primaryKey` names the columns of the table's primary key, in the table's own spelling.",
  });
}

function actionOf(native: unknown): ChangeAction | undefined {
  return actions[own(native, "Operation") as number];
}

class SqlChangeEvent extends ShownEvent implements ChangeEvent {
  readonly kind = "change";
  readonly before = undefined;
  readonly expired = undefined;
  readonly partition = undefined;
  readonly sequence = undefined;
  readonly native: unknown;
  readonly table: string;
  readonly source: string;
  readonly action: ChangeAction;
  readonly time = new Date();
  private readonly "~primaryKey": readonly string[];

  constructor(table: string, primaryKey: readonly string[], native: unknown) {
    super();
    this.table = table;
    this.source = table;
    this.native = native;
    this.action = actionOf(native) ?? "upsert";
    this["~primaryKey"] = primaryKey;
  }

  get id(): string {
    return `${Object.values(this.key).join("/")}@${fingerprint(JSON.stringify(this.native) ?? "")}`;
  }

  get key(): ChangeItem {
    const row = toItem(own(this.native, "Item")) ?? {};
    const key: Record<string, ChangeItem[string]> = Object.create(null);
    for (const column of this["~primaryKey"]) {
      if (Object.hasOwn(row, column)) key[column] = row[column] as ChangeItem[string];
    }
    return key;
  }

  /** Of a deleted row the trigger fills in the key alone. */
  get after(): ChangeItem | undefined {
    return this.action === "delete" ? undefined : toItem(own(this.native, "Item"));
  }

  async json(): Promise<unknown> {
    return changeFacts(this);
  }
}
