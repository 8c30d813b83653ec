import { type Capabilities, type ChangeAction, type ChangeEvent, type ChangeItem, HandlerError } from "@portico/core";
import { changeFacts, type ParsedCloudEvent, parseTimestamp, ShownEvent } from "@portico/core/adapter";
import type { Cell, NativeRecord } from "../messages.js";
import { eventTrace, redeliveryNeeds } from "../pubsub/cell.js";
import { type DocumentEventData, readDocumentEvent } from "./document.js";
import { toItem } from "./value.js";

export const capabilities: Capabilities = {
  kind: "change",
  source: "Firestore",
  batch: false,
  redelivery: "declared",
  requires: redeliveryNeeds,
  order: "none",
  retryDelay: false,
  deadLetter: "sink-or-redelivery",
  attempt: false,
  deadline: false,
  see: "https://cloud.google.com/functions/docs/calling/cloud-firestore",
};

const types = /^google\.cloud\.firestore\.document\.v1\.(created|updated|deleted|written)(?:\.withAuthContext)?$/;
const actions: Readonly<Record<string, ChangeAction>> = { created: "insert", updated: "update", deleted: "delete" };

/** Changes of documents, as protobuf or as JSON. */
export const firestore: Cell<ChangeEvent> = {
  capabilities,
  fromEvent: (event) => {
    const [, type] = types.exec(event.type) ?? [];
    return type === undefined ? undefined : toRecord(event, type);
  },
};

/**
 * What a Firestore event says in Firestore's own JSON form: with the types of values, times of every digit, and the mask of an update.
 * Undefined when the event is another source's.
 *
 * @throws {HandlerError} EVENT_MALFORMED when it cannot be read.
 */
export function documentEventData({ native }: ChangeEvent): DocumentEventData | undefined {
  const event = (native ?? {}) as Partial<ParsedCloudEvent>;
  return types.test(String(event.type)) ? readData(event as ParsedCloudEvent) : undefined;
}

function readData({ data }: ParsedCloudEvent): DocumentEventData {
  try {
    if (data.kind === "bytes") return readDocumentEvent(data.bytes);
  } catch (cause) {
    if (HandlerError.is(cause)) throw cause;
    throw malformed("cannot be read", cause);
  }
  if (data.kind === "json" && typeof data.value === "object" && data.value !== null) return data.value;
  throw malformed("is neither protobuf nor a JSON object");
}

function toRecord(event: ParsedCloudEvent, type: string): NativeRecord<ChangeEvent> {
  const trace = () => eventTrace(event);
  const path = pathOf(event);
  try {
    const { value, oldValue } = readData(event);
    const before = isDocument(oldValue) ? toItem(oldValue.fields) : undefined;
    const after = isDocument(value) ? toItem(value.fields) : undefined;
    const name = (isDocument(value) ? value.name : isDocument(oldValue) ? oldValue.name : undefined) ?? "";
    const known = name.replace(/^projects\/[^/]+\/databases\/[^/]+\/documents\//, "") || path;
    if (known === "") throw malformed("names no document");
    return { event: new FirestoreChange(event, known, actions[type] ?? told(before, after), before, after), trace };
  } catch (error) {
    const rejected = HandlerError.is(error) ? error : malformed("cannot be read", error);
    return {
      event: new FirestoreChange(event, path, actions[type] ?? "upsert", undefined, undefined),
      trace,
      rejected,
    };
  }
}

/** An empty document stands for none: a real one has a name. */
function isDocument(document: DocumentEventData["value"]): document is NonNullable<DocumentEventData["value"]> {
  return typeof document === "object" && document !== null && Object.keys(document).length > 0;
}

function told(before: ChangeItem | undefined, after: ChangeItem | undefined): ChangeAction {
  if (after) return before ? "update" : "insert";
  return before ? "delete" : "upsert";
}

function pathOf({ extensions, subject }: ParsedCloudEvent): string {
  return String(extensions.document ?? subject?.replace(/^documents\//, "") ?? "");
}

function malformed(what: string, cause?: unknown): HandlerError {
  return new HandlerError("EVENT_MALFORMED", `The data of the Firestore event ${what}.`, { cause });
}

class FirestoreChange extends ShownEvent implements ChangeEvent {
  readonly kind = "change";
  readonly id: string;
  readonly source: string;
  readonly time: Date;
  readonly native: ParsedCloudEvent;
  /** The path of the collection, those of the documents above it included. */
  readonly table: string;
  /** The id of the document in its collection: `id`. */
  readonly key: ChangeItem;
  readonly action: ChangeAction;
  readonly before: ChangeItem | undefined;
  readonly after: ChangeItem | undefined;
  readonly expired: undefined = undefined;
  readonly partition: undefined = undefined;
  readonly sequence: undefined = undefined;

  constructor(
    event: ParsedCloudEvent,
    path: string,
    action: ChangeAction,
    before: ChangeItem | undefined,
    after: ChangeItem | undefined,
  ) {
    super();
    const slash = path.lastIndexOf("/");
    this.id = event.id;
    this.source = event.source;
    this.time = parseTimestamp(event.time ?? "") ?? new Date();
    this.native = event;
    this.table = path.slice(0, Math.max(0, slash));
    this.key = Object.assign(Object.create(null), { id: path.slice(slash + 1) });
    this.action = action;
    this.before = before;
    this.after = after;
  }

  async json(): Promise<unknown> {
    return changeFacts(this);
  }
}
