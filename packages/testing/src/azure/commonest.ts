const connection = "Portico";
const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 1000 } as const;

/** The source that an event comes from where none is named: the commonest of its kind. */
export const commonest = {
  queue: { serviceBus: { connection } },
  topic: { serviceBus: { connection, subscriptionName: "portico" } },
  stream: { eventHub: { connection, cardinality: "many", retry } },
  object: { eventGrid: {} },
  change: { cosmosDB: { connection, databaseName: "portico", retry } },
} as const;

/** The names by which options choose a source. */
export const sources = [
  "storageQueue",
  "serviceBus",
  "rabbitMQ",
  "eventHub",
  "kafka",
  "eventGrid",
  "blob",
  "cosmosDB",
  "sql",
] as const;

/** Options with a source: the one that they name, or the commonest. */
export function withSource<O extends object, D extends object>(options: O, source: D): O | (O & D) {
  const named = sources.some((name) => (options as Readonly<Record<string, unknown>>)[name] !== undefined);
  return named ? options : { ...options, ...source };
}
