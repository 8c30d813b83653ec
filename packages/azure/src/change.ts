import { app, type CosmosDBv4FunctionOptions, type RetryOptions, type SqlFunctionOptions } from "@azure/functions";
import { type AnyChangeFunction, type ChangeEvent, HandlerError } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { cosmosAllVersions, cosmosLatest } from "./change/cosmos.js";
import { sqlTable } from "./change/sql.js";
import { requireRetry } from "./messages/retry-policy.js";
import { pickSource } from "./messages/source-options.js";
import { type AzureMessageHandler, createMessageHandler, type MessageOptions, messageNames } from "./messages.js";

type Distributed<T, K extends string> = T extends unknown ? Omit<T, K> : never;
type OwnCosmos = Distributed<CosmosDBv4FunctionOptions, "handler" | "trigger" | "containerName" | "retry"> & {
  readonly containerName?: string | undefined;
  /** Without it the lease moves past what failed. */
  readonly retry: RetryOptions;
};
type OwnSql = Omit<SqlFunctionOptions, "handler" | "trigger" | "tableName"> & {
  readonly tableName?: string | undefined;
};

/** One source, by its name, with Azure's own options; Portico's own stand beside it. The sink is demanded. */
export type AzureChangeOptions = MessageOptions<ChangeEvent> &
  (
    | { readonly cosmosDB: OwnCosmos; readonly sql?: undefined }
    | {
        readonly sql: OwnSql;
        readonly cosmosDB?: undefined;
        /** The columns of the table's primary key, which the trigger does not tell. */
        readonly primaryKey: readonly string[];
      }
  );

const names = {
  ...messageNames,
  cosmosDB: true,
  sql: true,
  primaryKey: true,
} satisfies OptionNames<AzureChangeOptions>;

/**
 * Registers a change function with Azure Functions: for the Cosmos DB container, or the SQL table, that it is declared for. Call it while
 * the app starts. Returns the handler it registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not a change function, the name is none that Azure takes, there is no sink, no retry
 *   policy for Cosmos DB or no primary key for SQL, the change feed cannot tell of a declared action, or an option cannot be met.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-cosmosdb-v2-trigger
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-azure-sql-trigger
 * @example
 * const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 5000 } as const;
 * azure.change("index", index, { cosmosDB: { connection: "Shop", databaseName: "shop", retry }, sink });
 */
export function change(name: string, fn: AnyChangeFunction, options: AzureChangeOptions): AzureMessageHandler {
  checkNames(options, names);
  const declared = fn?.trigger?.table;
  if (pickSource(options, ["cosmosDB", "sql"]) === "cosmosDB") {
    const given = options.cosmosDB as OwnCosmos;
    const own = { ...given, containerName: given.containerName ?? declared };
    const policy = requireRetry("Cosmos DB's change feed", own.retry);
    const full = own.changeFeedMode === "AllVersionsAndDeletes";
    const { actions } = fn?.trigger ?? {};
    if (!full && actions?.includes("delete")) {
      throw new HandlerError(
        "CONFIG_INVALID",
        "Cosmos DB's change feed of latest versions does not tell of deletions.",
        {
          hint: 'Pass `changeFeedMode: "AllVersionsAndDeletes"` with the source\'s options.',
        },
      );
    }
    const place = { table: own.containerName, source: `${own.databaseName}/${own.containerName}` };
    const cell = (full ? cosmosAllVersions : cosmosLatest)(place);
    const handler = createMessageHandler(name, "change", fn, cell, options, policy);
    app.cosmosDB(name, { ...own, handler } as CosmosDBv4FunctionOptions);
    return handler;
  }
  const { sql, primaryKey } = options as { sql: OwnSql; primaryKey?: readonly string[] };
  const own = { ...sql, tableName: sql.tableName ?? declared };
  if (!Array.isArray(primaryKey) || primaryKey.length === 0) {
    throw new HandlerError(
      "CONFIG_INVALID",
      "The SQL trigger does not tell a row's key, and no primary key was given.",
      {
        hint: 'Pass `primaryKey: ["id"]`, the columns of the primary key.',
      },
    );
  }
  const handler = createMessageHandler(name, "change", fn, sqlTable(own.tableName, primaryKey), options);
  app.sql(name, { ...own, handler });
  return handler;
}
