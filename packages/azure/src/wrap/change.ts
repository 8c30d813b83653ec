import {
  type CosmosDBv4FunctionOptions,
  type CosmosDBv4TriggerOptions,
  type SqlFunctionOptions,
  trigger,
} from "@azure/functions";
import { type ChangeAction, type ChangeEvent, type ChangeTrigger, change as changeKind } from "@portico/core";
import { type ChangeFacts, type OptionNames, requireOption } from "@portico/core/adapter";
import { pickSource } from "../messages/source-options.js";
import { cosmos } from "./change/cosmos.js";
import { sql } from "./change/sql.js";
import { type AzureDelivery, encodeAll } from "./delivery.js";
import {
  type Bindings,
  type Registered,
  takeBindings,
  toShownTrigger,
  type WrapOptions,
  wrapNames,
} from "./options.js";
import { type Source, type WrapBatched, wrapBatched } from "./wrapped.js";

interface Common extends WrapOptions, ChangeFacts {
  /** The table that the portable function is declared for, and the handler's own container or table unless its registration names one. */
  readonly table: string;
  /**
   * What identifies an item: names of attributes, or what makes the key of a change. Cosmos DB: the values become the document's `id`, joined
   * by `|`; default `id` of the change's own key. SQL: the columns of the primary key; default all of the change's own.
   */
  readonly keys?: ChangeFacts["keys"];
}

type OwnCosmos = Registered<Omit<CosmosDBv4FunctionOptions, "changeFeedMode">> & {
  readonly changeFeedMode?:
    | CosmosDBv4TriggerOptions["changeFeedMode"]
    | `${NonNullable<CosmosDBv4TriggerOptions["changeFeedMode"]>}`;
};

/** One source, by its name, with the options that the handler is registered with at home. */
export type WrapChangeOptions = Common &
  (
    | { readonly cosmosDB: OwnCosmos; readonly sql?: undefined }
    | { readonly sql: Registered<SqlFunctionOptions>; readonly cosmosDB?: undefined }
  );

/**
 * The invocation by which Azure Functions would tell of changes: one for all of them.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot tell a change.
 */
export function encodeChange(
  events: readonly ChangeEvent[],
  options: WrapChangeOptions,
): Promise<readonly AzureDelivery<ChangeEvent>[]> {
  return encodeAll(toSource(options).carrier, events);
}

const names = {
  ...wrapNames,
  table: true,
  keys: true,
  upsertAs: true,
  cosmosDB: true,
  sql: true,
} satisfies OptionNames<WrapChangeOptions>;

/**
 * Makes a portable function of an existing handler of Cosmos DB's change feed or of the SQL trigger. It gets a list: of one change or, with
 * `change.batch`, of all that are delivered together. A return is ack, a throw is retry for all of them. Where the feed of latest versions tells
 * of no deletions, they are dropped, as they never come at home.
 *
 * @throws {HandlerError} CONFIG_INVALID when the source or the handler is missing, or a binding has nobody who serves it.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-cosmosdb-v2-trigger
 * @example
 * export const index = functions.change.batch(handler, { table: "orders", cosmosDB: { databaseName: "shop" } });
 */
export const change: WrapBatched<ChangeTrigger, ChangeEvent, WrapChangeOptions> = /* @__PURE__ */ wrapBatched(
  names,
  (options: WrapChangeOptions) => changeKind(options.table, declared(options)),
  toSource,
);

function tellsAll({ cosmosDB }: WrapChangeOptions): boolean {
  return cosmosDB?.changeFeedMode === "AllVersionsAndDeletes";
}

function declared(options: WrapChangeOptions): { readonly actions?: readonly ChangeAction[] } {
  return options.sql || tellsAll(options) ? {} : { actions: ["insert", "update"] };
}

function toSource(options: WrapChangeOptions): Source<ChangeEvent> {
  requireOption("change", options, "table", '"orders"');
  const { table } = options;
  if (pickSource(options, ["cosmosDB", "sql"]) === "cosmosDB") {
    const own = {
      ...{ containerName: table, databaseName: "portico", connection: "Portico" },
      ...(options.cosmosDB as Bindings),
    };
    const { trigger: registration, bindings } = takeBindings(own);
    const shown = toShownTrigger(trigger.cosmosDB(registration));
    return { carrier: cosmos(shown, { ...options, allVersions: tellsAll(options) }), bindings };
  }
  const own = { ...{ tableName: table, connectionStringSetting: "Portico" }, ...(options.sql as Bindings) };
  const { trigger: registration, bindings } = takeBindings(own);
  return { carrier: sql(toShownTrigger(trigger.sql(registration)), options), bindings };
}
