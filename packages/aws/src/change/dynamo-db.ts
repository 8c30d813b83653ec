import type { Capabilities, ChangeAction, ChangeEvent, ChangeItem } from "@portico/core";
import { HandlerError } from "@portico/core";
import { changeFacts, describe, ShownEvent, toRawJson } from "@portico/core/adapter";
import { lowest } from "../checkpoint.js";
import { fromBase64 } from "../http/values.js";
import { type Cell, malformed, type NativeRecord } from "../messages.js";
import { piped } from "../pipes.js";
import { isRecords } from "../records.js";
import { type KinesisEventRecord, kinesis, toSequence, toShard } from "../stream/kinesis.js";
import { toItem } from "./attribute-value.js";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export interface DynamoDbEventRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventSource: string;
  readonly eventSourceARN?: string | undefined;
  /** Through Kinesis, where there is no ARN of the table. */
  readonly tableName?: string | undefined;
  readonly userIdentity?: { readonly type?: string; readonly principalId?: string } | null | undefined;
  readonly dynamodb: {
    readonly Keys: unknown;
    readonly NewImage?: unknown;
    readonly OldImage?: unknown;
    readonly SequenceNumber?: string | undefined;
    /** Seconds; milliseconds or microseconds through Kinesis. */
    readonly ApproximateCreationDateTime?: number | undefined;
    readonly StreamViewType?: string | undefined;
  };
}

const capabilities: Capabilities = {
  kind: "change",
  source: "DynamoDB streams",
  batch: true,
  redelivery: "from-failure",
  requires:
    "ReportBatchItemFailures on the event source mapping, and `batchItemFailures: true`; else the whole delivery",
  order: "partition",
  retryDelay: false,
  deadLetter: "sink",
  attempt: false,
  deadline: true,
  see: "https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html",
};

export const dynamoDb: Cell<ChangeEvent> = {
  capabilities,
  matches: (event) => isRecords(event, "aws:dynamodb"),
  read: (event) => {
    const { Records, shardId } = event as { Records: readonly DynamoDbEventRecord[]; shardId?: string };
    return readAll(Records, shardId);
  },
  // Lambda goes on from the lowest one: naming more than that changes nothing.
  report: (failed) => {
    const from = lowest(failed.flatMap(({ events }) => events));
    return { batchItemFailures: from ? [{ itemIdentifier: from.sequence }] : [] };
  },
};

/** A pipe knows a record by the id of its event, and tries those again that are named. */
export const dynamoDbThroughPipes: Cell<ChangeEvent> = {
  ...piped(dynamoDb),
  report: (failed) => ({ batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) }),
};

/** A shard at a time, so all records are of one group. */
function readAll(records: readonly DynamoDbEventRecord[], shardId: string | undefined): NativeRecord<ChangeEvent>[] {
  const arrived = new Date();
  return records.map((record) => {
    if (record?.eventSource !== "aws:dynamodb") throw malformed("DynamoDB", "eventSource", record?.eventSource);
    // Without it no failure could be reported.
    const sequence = record.dynamodb?.SequenceNumber;
    if (typeof sequence !== "string" || sequence === "") throw malformed("DynamoDB", "SequenceNumber", sequence);
    const event = new DynamoDbChange(record, arrived, shardId, sequence);
    const group = `${event.source}/${shardId ?? ""}`;
    return { events: [event], id: event.id, native: record, group, rejected: refusal(record) };
  });
}

/** A table that writes its changes to a Kinesis data stream: JSON in its records, with neither sequence number nor ARN. */
export const dynamoDbThroughKinesis: Cell<ChangeEvent> = {
  capabilities: { ...capabilities, source: "Kinesis, from DynamoDB" },
  matches: kinesis.matches,
  read: (event) => {
    const arrived = new Date();
    return (event as { Records: readonly KinesisEventRecord[] }).Records.map((carrier) => {
      const [sequence, partition] = [toSequence(carrier), toShard(carrier)];
      const read = readCarried(carrier);
      const [record, rejected] = HandlerError.is(read) ? [undefined, read] : [read, refusal(read)];
      // A record that is no change still has an id, and can be stored.
      const change = new DynamoDbChange(record ?? (carrier as never), arrived, partition, sequence);
      const group = `${carrier.eventSourceARN}/${partition}`;
      return { events: [change], id: carrier.eventID, native: carrier, group, rejected };
    });
  },
  report: (failed) => {
    const from = lowest(failed.map(({ native }) => ({ sequence: toSequence(native as KinesisEventRecord) })));
    return { batchItemFailures: from ? [{ itemIdentifier: from.sequence }] : [] };
  },
};

function readCarried({ kinesis: { data } }: KinesisEventRecord): DynamoDbEventRecord | HandlerError {
  try {
    // Keys of any name: they are only ever copied into maps without a prototype.
    return toRawJson(fromBase64(data)) as DynamoDbEventRecord;
  } catch (cause) {
    return new HandlerError("EVENT_MALFORMED", "A Kinesis record does not hold a change of a DynamoDB table.", {
      cause,
    });
  }
}

const actions: Readonly<Record<string, ChangeAction | undefined>> = Object.assign(Object.create(null), {
  INSERT: "insert",
  MODIFY: "update",
  REMOVE: "delete",
});

/** Why a record is no change; it goes to the sink, so as not to block its shard. */
function refusal(record: DynamoDbEventRecord): HandlerError | undefined {
  const { eventName, dynamodb } = record ?? {};
  if (!actions[eventName]) return wrong("eventName", eventName);
  if (typeof dynamodb?.Keys !== "object" || dynamodb.Keys === null) return wrong("Keys", dynamodb?.Keys);
  return undefined;
}

function wrong(what: string, value: unknown): HandlerError {
  return new HandlerError("EVENT_MALFORMED", `The ${what} of a DynamoDB record is ${describe(value)}.`);
}

class DynamoDbChange extends ShownEvent implements ChangeEvent {
  readonly kind = "change";
  readonly native: DynamoDbEventRecord;
  readonly partition: string | undefined;
  readonly sequence: string;
  private readonly arrived: Date;
  private readonly items: Record<string, ChangeItem | undefined> = {};

  constructor(native: DynamoDbEventRecord, arrived: Date, partition: string | undefined, sequence: string) {
    super();
    this.native = native;
    this.partition = partition;
    this.sequence = sequence;
    this.arrived = arrived;
  }

  get id(): string {
    return this.native.eventID || this.sequence;
  }

  /** The ARN of the table's stream; through Kinesis the name of the table. */
  get source(): string {
    return this.native.eventSourceARN ?? this.native.tableName ?? "";
  }

  get time(): Date {
    const time = this.native.dynamodb?.ApproximateCreationDateTime;
    if (typeof time !== "number") return this.arrived;
    // Seconds, milliseconds or microseconds: all three are of this century.
    return new Date(time < 1e11 ? Math.round(time * 1000) : time < 1e14 ? time : Math.floor(time / 1000));
  }

  get table(): string {
    const { tableName } = this.native;
    return tableName ?? /:table\/([^/]+)/.exec(this.source)?.[1] ?? this.source.slice(this.source.lastIndexOf(":") + 1);
  }

  get action(): ChangeAction {
    const action = actions[this.native.eventName];
    if (!action) throw wrong("eventName", this.native.eventName);
    return action;
  }

  get key(): ChangeItem {
    return this.item("Keys") as ChangeItem;
  }

  /** Where the stream's view type has old images. */
  get before(): ChangeItem | undefined {
    return this.item("OldImage");
  }

  /** Where the stream's view type has new images. */
  get after(): ChangeItem | undefined {
    return this.item("NewImage");
  }

  get expired(): boolean | undefined {
    if (this.native.eventName !== "REMOVE") return undefined;
    const { type, principalId } = this.native.userIdentity ?? {};
    return type === "Service" && principalId === "dynamodb.amazonaws.com";
  }

  async json(): Promise<unknown> {
    return changeFacts(this);
  }

  private item(name: "Keys" | "OldImage" | "NewImage"): ChangeItem | undefined {
    const attributes = this.native.dynamodb[name];
    if (name !== "Keys" && (attributes === undefined || attributes === null)) return undefined;
    this.items[name] ??= toItem(attributes);
    return this.items[name];
  }
}
