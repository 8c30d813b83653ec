import type { Capabilities, ChangeAction, ChangeEvent, ChangeItem } from "@portico/core";
import { HandlerError } from "@portico/core";
import { changeFacts, describe, ShownEvent } from "@portico/core/adapter";
import { type Cell, malformed, type NativeRecord } from "../messages.js";
import { toDocument } from "./extended-json.js";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-documentdb.html */
export interface DocumentDbEvent {
  readonly eventSource: "aws:docdb";
  /** The cluster's. */
  readonly eventSourceArn: string;
  readonly events: readonly { readonly event: DocumentDbChangeEvent }[];
}

/** A change stream's event. Values are extended JSON. */
export interface DocumentDbChangeEvent {
  /** The resume token, in hexadecimal digits. */
  readonly _id: { readonly _data: string };
  readonly clusterTime?: { readonly $timestamp?: { readonly t?: number } } | undefined;
  readonly documentKey?: unknown;
  /** Of an update only where the event source mapping has `FullDocument: UpdateLookup`. */
  readonly fullDocument?: unknown;
  readonly fullDocumentBeforeChange?: unknown;
  readonly ns: { readonly db: string; readonly coll?: string | undefined };
  readonly operationType: string;
}

export const capabilities: Capabilities = {
  kind: "change",
  source: "DocumentDB",
  batch: true,
  redelivery: "delivery",
  order: "partition",
  retryDelay: false,
  deadLetter: "sink",
  attempt: false,
  deadline: true,
  see: "https://docs.aws.amazon.com/lambda/latest/dg/with-documentdb.html",
};

/** Its event source mapping has no ReportBatchItemFailures: a result that names failures would be taken for success, so there is none. */
export const documentDb: Cell<ChangeEvent> = {
  capabilities,
  matches: (event) => (event as Partial<DocumentDbEvent> | null | undefined)?.eventSource === "aws:docdb",
  read: (event) => {
    const { events, eventSourceArn } = event as DocumentDbEvent;
    if (!Array.isArray(events)) throw malformed("DocumentDB", "events", events);
    const arrived = new Date();
    return events.map((record) => toRecord(record, eventSourceArn, arrived));
  },
};

function toRecord(record: { event: DocumentDbChangeEvent }, cluster: string, arrived: Date): NativeRecord<ChangeEvent> {
  const token = record?.event?._id?._data;
  if (typeof token !== "string" || token === "") throw malformed("DocumentDB", "_id", token);
  const event = new DocumentDbChange(record.event, cluster, arrived);
  return { events: [event], id: token, native: record, group: cluster, rejected: refusal(record.event) };
}

const actions: Readonly<Record<string, ChangeAction | undefined>> = Object.assign(Object.create(null), {
  insert: "insert",
  update: "update",
  replace: "update",
  delete: "delete",
});

/** A collection that was dropped or renamed is no change of an item; it goes to the sink, so as not to block the stream. */
function refusal({ operationType, documentKey, ns }: DocumentDbChangeEvent): HandlerError | undefined {
  if (!actions[operationType]) return unknown(operationType);
  if (typeof ns?.coll === "string" && typeof documentKey === "object" && documentKey !== null) return undefined;
  const message = `A change of DocumentDB has ${describe(documentKey)} for its documentKey, and ${describe(ns?.coll)} for its collection.`;
  return new HandlerError("EVENT_MALFORMED", message);
}

function unknown(operationType: unknown): HandlerError {
  const name = typeof operationType === "string" ? operationType : describe(operationType);
  const message = `"${name}" in a change stream of DocumentDB is no change of a document.`;
  return new HandlerError("EVENT_UNSUPPORTED", message, { permanent: true });
}

class DocumentDbChange extends ShownEvent implements ChangeEvent {
  readonly kind = "change";
  readonly native: DocumentDbChangeEvent;
  readonly partition = undefined;
  readonly expired = undefined;
  private readonly cluster: string;
  private readonly arrived: Date;
  private readonly items: Record<string, ChangeItem | undefined> = {};

  constructor(native: DocumentDbChangeEvent, cluster: string, arrived: Date) {
    super();
    this.native = native;
    this.cluster = cluster;
    this.arrived = arrived;
  }

  get id(): string {
    return this.native._id._data;
  }

  /** The cluster's ARN, the database and the collection. */
  get source(): string {
    return `${this.cluster}/${this.native.ns?.db ?? ""}/${this.table}`;
  }

  get time(): Date {
    const seconds = this.native.clusterTime?.$timestamp?.t;
    return typeof seconds === "number" ? new Date(seconds * 1000) : this.arrived;
  }

  get table(): string {
    return this.native.ns?.coll ?? "";
  }

  /** The resume token: hexadecimal digits, which sort as text. */
  get sequence(): string {
    return this.id;
  }

  get action(): ChangeAction {
    const action = actions[this.native.operationType];
    if (!action) throw unknown(this.native.operationType);
    return action;
  }

  get key(): ChangeItem {
    return this.item("documentKey") as ChangeItem;
  }

  get before(): ChangeItem | undefined {
    return this.item("fullDocumentBeforeChange");
  }

  get after(): ChangeItem | undefined {
    return this.item("fullDocument");
  }

  async json(): Promise<unknown> {
    return changeFacts(this);
  }

  private item(name: "documentKey" | "fullDocument" | "fullDocumentBeforeChange"): ChangeItem | undefined {
    const document = this.native[name];
    if (name !== "documentKey" && (document === undefined || document === null)) return undefined;
    this.items[name] ??= toDocument(document);
    return this.items[name];
  }
}
