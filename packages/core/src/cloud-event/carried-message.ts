import { toBuffered } from "../kinds/cloud-event.js";
import { LazyMessage, type MessageSource } from "../kinds/message.js";
import type { NeutralEvent } from "../kinds/neutral-event.js";
import type { QueueMessage } from "../kinds/queue.js";
import type { StreamRecord } from "../kinds/stream.js";
import type { TopicMessage } from "../kinds/topic.js";
import type { Buffered, Bytes } from "../payload.js";
import { fromBase64 } from "./base64.js";
import type { Carried } from "./carried.js";
import { isBytes, isListOf, isPairOf, isTextOrNull, isTextRecord } from "./guards.js";
import { takenNames } from "./message.js";
import { malformed } from "./parsed.js";

/** What a carried message tells, as if a platform did. */
class CarriedSource implements MessageSource {
  readonly native: unknown;
  private readonly carried: Carried;
  private readonly otherAttributes: Readonly<Record<string, string>> | undefined;
  private readonly otherType: string | null | undefined;

  constructor(carried: Carried) {
    this.native = carried.native;
    this.carried = carried;
    this.otherAttributes = carried.kept("attributes", isTextRecord);
    this.otherType = carried.kept("contentType", isTextOrNull);
  }

  id(): string {
    return this.carried.id;
  }

  source(): string {
    return this.carried.source;
  }

  time(): Date {
    return this.carried.time;
  }

  body(): Buffered {
    return toBuffered(this.carried.data);
  }

  attributes(): Readonly<Record<string, string>> {
    const attributes: Record<string, string> = Object.create(null);
    for (const [name, value] of Object.entries(this.carried.extensions)) {
      if (!takenNames.has(name)) attributes[name] = String(value);
    }
    for (const [name, value] of Object.entries(this.otherAttributes ?? {})) attributes[name] = value;
    return attributes;
  }

  contentType(): string | undefined {
    return this.otherType === undefined ? this.carried.datacontenttype : (this.otherType ?? undefined);
  }

  correlationId(): string | undefined {
    return this.carried.text("correlationid");
  }

  subject(): string | undefined {
    return this.carried.subject;
  }

  replyTo(): string | undefined {
    return this.carried.text("replyto");
  }

  attempt(): number | undefined {
    return this.carried.number("attempt");
  }
}

class CarriedMessage<K extends "queue" | "topic"> extends LazyMessage<K> {
  readonly groupId: string | undefined;
  readonly sequence: string | undefined;

  constructor(kind: K, carried: Carried) {
    super(kind, new CarriedSource(carried));
    this.groupId = carried.text("partitionkey");
    this.sequence = carried.text("sequence");
  }
}

class CarriedRecord extends LazyMessage<"stream"> implements StreamRecord {
  readonly partition: string;
  readonly partitionKey: string | undefined;
  readonly sequence: string;
  readonly key: Bytes | undefined;
  readonly headers: readonly (readonly [name: string, value: Bytes])[];
  readonly tombstone: boolean;

  constructor(carried: Carried) {
    super("stream", new CarriedSource(carried));
    this.partitionKey = carried.text("partitionkey");
    this.partition = carried.text("partition") ?? this.partitionKey ?? "";
    this.sequence = carried.text("sequence") ?? "";
    this.key = toKey(carried.text("recordkey"));
    this.headers = carried.kept("headers", isHeaders) ?? [];
    this.tombstone = carried.boolean("tombstone");
  }
}

interface Messages {
  readonly queue: QueueMessage;
  readonly topic: TopicMessage;
  readonly stream: StreamRecord;
}

/**
 * Any CloudEvent as a message of this kind: its data is the payload, its extensions are attributes.
 *
 * @throws {HandlerError} EVENT_MALFORMED when it does not hold what an event of ours holds.
 */
export function toMessage<K extends keyof Messages>(kind: K, carried: Carried): Messages[K] {
  const message =
    kind === "stream" ? new CarriedRecord(carried) : new CarriedMessage(kind as "queue" | "topic", carried);
  return message as NeutralEvent as Messages[K];
}

function toKey(base64: string | undefined): Bytes | undefined {
  if (base64 === undefined) return undefined;
  const key = fromBase64(base64);
  if (key === undefined) throw malformed('Its attribute "recordkey" is not Base64.');
  return key;
}

const isHeaders = /* @__PURE__ */ isListOf(/* @__PURE__ */ isPairOf(isBytes));
