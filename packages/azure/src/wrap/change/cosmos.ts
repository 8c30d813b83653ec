import type { FunctionTrigger } from "@azure/functions";
import type { ChangeEvent, ChangeItem } from "@portico/core";
import { actionOfChange, type ChangeFacts, textKeyOfChange } from "@portico/core/adapter";
import { type Carrier, list, type Part } from "../delivery.js";
import { fieldsOf, toInt64 } from "../fields.js";
import { host } from "../host-value.js";
import { toDocument } from "../json.js";

/** What the carrier of a container is made of. */
export interface CosmosContainer extends ChangeFacts {
  readonly allVersions: boolean;
}

interface DocumentPart extends Part<ChangeEvent> {
  readonly document: object;
}

const carrier = "A change of Cosmos DB";
const fields = fieldsOf(carrier);
const limit = 2 * 1024 * 1024;

/** Documents of a container's change feed, always in a list. */
export function cosmos(trigger: FunctionTrigger, container: CosmosContainer): Carrier<ChangeEvent> {
  return {
    trigger,
    many: true,
    async prepare(event): Promise<DocumentPart> {
      const document = container.allVersions ? toVersion(event, container) : toLatest(event, container);
      fields.size(Buffer.from(JSON.stringify(document)), limit * 2);
      return { event, input: host.json(document), facts: {}, shared: {}, document };
    },
    join: (parts) =>
      list(
        parts,
        parts.map((part) => (part as DocumentPart).document),
      ),
  };
}

function toLatest(event: ChangeEvent, container: CosmosContainer): object {
  const { action, after } = event;
  if (action === "delete") throw fields.refuse("action", "the feed of latest versions does not tell of deletions");
  if (after === undefined) throw fields.refuse("after", "the source does not tell what the item is now");
  return toStored(event, after, container);
}

function toVersion(event: ChangeEvent, container: CosmosContainer): object {
  const { after, before, expired } = event;
  const told = actionOfChange(carrier, event, container);
  if (told !== "delete" && after === undefined)
    throw fields.refuse("after", "the source does not tell what the item is now");
  const lsn = toSequence(event);
  return {
    current: told === "delete" ? null : toStored(event, after as ChangeItem, container),
    ...(before && { previous: toStored(event, before, container) }),
    metadata: {
      crts: toSeconds(event.time),
      ...(lsn !== undefined && { lsn }),
      operationType: { insert: "create", update: "replace", delete: "delete" }[told],
      ...(told === "delete" && {
        timeToLiveExpired: expired ?? false,
        id: toId(event, container),
        partitionKey: toPartitionKey(event),
      }),
    },
  };
}

/** A document with what the service adds to each. What it brings of that itself stays. */
function toStored(event: ChangeEvent, item: ChangeItem, container: CosmosContainer): object {
  const id = toId(event, container);
  const document = toDocument(item, fields);
  if (Object.hasOwn(document, "id") && document.id !== id)
    throw fields.refuse("key", "the item has another attribute named id", "Say by `keys` what identifies it.");
  const lsn = toSequence(event);
  return {
    id,
    _rid: `portico-not-live-${id}`,
    _self: "portico-not-live",
    _etag: '"portico-not-live"',
    _attachments: "attachments/",
    _ts: toSeconds(event.time),
    ...(lsn !== undefined && { _lsn: lsn }),
    ...document,
  };
}

/** Every document has a text named `id`: the key's, or what `keys` says. */
function toId(event: ChangeEvent, container: CosmosContainer): string {
  const id = textKeyOfChange(carrier, event, { keys: container.keys ?? ["id"] });
  if (!id.isWellFormed()) throw fields.refuse("key", "it has half a surrogate pair");
  return id;
}

function toPartitionKey({ key }: ChangeEvent): object {
  const { id: _, ...others } = toDocument(key, fields);
  return others;
}

function toSeconds(time: Date): number {
  fields.time(time);
  return Math.floor(time.getTime() / 1000);
}

function toSequence({ sequence }: ChangeEvent): number | undefined {
  const value = toInt64(sequence);
  return value !== undefined && Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
}
