import { type Capabilities, type ChangeAction, type ChangeEvent, type ChangeItem, HandlerError } from "@portico/core";
import { changeFacts, describe, ShownEvent } from "@portico/core/adapter";
import { own, toDigits, toText } from "../messages/metadata.js";
import { type Cell, foreign, type NativeRecord } from "../messages.js";
import { toItem } from "./item.js";

const facts: Capabilities = {
  kind: "change",
  source: "Cosmos DB, latest versions",
  batch: true,
  redelivery: "delivery",
  requires: "a retry policy: `maxRetryCount: -1`, or a finite count, after which the sink takes what is left",
  order: "partition",
  retryDelay: false,
  deadLetter: "sink",
  attempt: false,
  deadline: false,
  see: "https://learn.microsoft.com/azure/azure-functions/functions-bindings-cosmosdb-v2-trigger",
};

export const capabilities: readonly Capabilities[] = [
  facts,
  { ...facts, source: "Cosmos DB, all versions and deletes" },
];

/** Where the changes come from. */
interface Place {
  readonly table: string;
  readonly source: string;
}

/** Documents as they are now: whether each is new is not told. Its id is the document's with its place in the change feed. */
export function cosmosLatest(place: Place): Cell<ChangeEvent> {
  return toCell(place, facts, (native) => ({ action: "upsert", after: native }));
}

/** Every version, with the one before where the account keeps it, and deletions. */
export function cosmosAllVersions(place: Place): Cell<ChangeEvent> {
  return toCell(place, capabilities[1] as Capabilities, (native) => {
    const metadata = own(native, "metadata");
    return {
      action: actions.get(own(metadata, "operationType")) ?? "upsert",
      before: own(native, "previous"),
      after: own(native, "current"),
      metadata,
    };
  });
}

const actions: ReadonlyMap<unknown, ChangeAction> = new Map([
  ["create", "insert"],
  ["replace", "update"],
  ["delete", "delete"],
]);

interface Facts {
  readonly action: ChangeAction;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly metadata?: unknown;
}

function toCell(place: Place, capabilities: Capabilities, read: (native: unknown) => Facts): Cell<ChangeEvent> {
  return {
    capabilities,
    read: (input) => {
      if (!Array.isArray(input)) throw foreign("A list of documents", input);
      return input.map((native): NativeRecord<ChangeEvent> => {
        const event = new CosmosChange(place, native, read(native));
        // A batch is of one range of partition keys, in the order of its changes.
        return { event, group: place.source, rejected: check(event, native) };
      });
    },
  };
}

function check({ key, "~document": document }: CosmosChange, native: unknown): HandlerError | undefined {
  if (typeof document === "object" && key.id !== undefined) return undefined;
  return new HandlerError("EVENT_MALFORMED", `A change of Cosmos DB is ${describe(native)} without a document's id.`);
}

class CosmosChange extends ShownEvent implements ChangeEvent {
  readonly kind = "change";
  readonly partition = undefined;
  readonly native: unknown;
  readonly table: string;
  readonly source: string;
  readonly action: ChangeAction;
  private readonly "~facts": Facts;
  private readonly "~arrived" = new Date();

  constructor({ table, source }: Place, native: unknown, facts: Facts) {
    super();
    this.table = table;
    this.source = source;
    this.native = native;
    this.action = facts.action;
    this["~facts"] = facts;
  }

  /** The document that tells most: what it is now, or else what it was, or what the feed says of it. */
  get "~document"(): unknown {
    const { after, before, metadata } = this["~facts"];
    return [after, before, metadata].find((one) => own(one, "id") !== undefined) ?? after ?? before;
  }

  get id(): string {
    const document = this["~document"];
    const name = toText(own(document, "_rid")) ?? toText(own(document, "id")) ?? "";
    return `${name}@${this.sequence ?? toText(own(document, "_etag")) ?? ""}`;
  }

  get key(): ChangeItem {
    const id = toText(own(this["~document"], "id"));
    const key: Record<string, string> = Object.create(null);
    if (id !== undefined) key.id = id;
    return Object.assign(key, toItem(own(this["~facts"].metadata, "partitionKey")));
  }

  get time(): Date {
    const seconds = own(this["~facts"].metadata, "crts") ?? own(this["~document"], "_ts");
    return typeof seconds === "number" ? new Date(seconds * 1000) : this["~arrived"];
  }

  get before(): ChangeItem | undefined {
    return toItem(this["~facts"].before);
  }

  get after(): ChangeItem | undefined {
    return this.action === "delete" ? undefined : toItem(this["~facts"].after);
  }

  get expired(): boolean | undefined {
    const expired = own(this["~facts"].metadata, "timeToLiveExpired");
    return this.action === "delete" && typeof expired === "boolean" ? expired : undefined;
  }

  get sequence(): string | undefined {
    return toDigits(own(this["~facts"].metadata, "lsn")) ?? toDigits(own(this["~document"], "_lsn"));
  }

  async json(): Promise<unknown> {
    return changeFacts(this);
  }
}
