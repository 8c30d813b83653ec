import type { InvocationContext } from "@azure/functions";
import type { Capabilities, StreamRecord, Trace } from "@portico/core";
import { type Buffered, LazyMessage, type MessageSource, parseTraceparent, toBytes } from "@portico/core/adapter";
import { toBody } from "../messages/body.js";
import {
  checkCount,
  type Lookup,
  lookUp,
  lookUpAt,
  own,
  salvageBodies,
  toDigits,
  toText,
  toTime,
} from "../messages/metadata.js";
import type { Cell, NativeRecord } from "../messages.js";

type Header = readonly [name: string, value: Uint8Array<ArrayBuffer>];

export const capabilities: Capabilities = {
  kind: "stream",
  source: "Kafka",
  batch: false,
  redelivery: "delivery",
  requires: "a retry policy: `maxRetryCount: -1`, or a finite count, after which the sink takes what is left",
  order: "partition",
  retryDelay: false,
  deadLetter: "sink",
  attempt: false,
  deadline: false,
  see: "https://learn.microsoft.com/azure/azure-functions/functions-bindings-kafka-trigger",
};

/**
 * Records of a Kafka topic. As bytes each comes with its facts in the metadata; as text it is a document of the extension that has them
 * too. A record's id is its partition with its offset.
 */
export function kafka(topic: string): Cell<StreamRecord> {
  return {
    capabilities,
    read: (input, azure) => {
      const counted = own(azure.triggerMetadata, "partitionArray") ?? own(azure.triggerMetadata, "offsetArray");
      if (Array.isArray(counted)) return readMany(topic, input, counted, azure);
      return [toRecord(topic, input, isDocument(input) ? documentFields(input) : lookUp(azure, input))];
    },
    salvage: (input, azure) => {
      const [partition] = listOf(azure, "partitionArray");
      const offsets = listOf(azure, "offsetArray");
      const range = `${toDigits(offsets[0]) ?? ""}-${toDigits(offsets.at(-1)) ?? ""}`;
      return salvageBodies(input, offsets.length).map((body, index) => {
        if (isDocument(body)) return toRecord(topic, body, documentFields(body));
        const place = `${toDigits(partition) ?? ""}:${range}#${index}`;
        return toRecord(topic, body, (name) => (name === "partition" ? partition : undefined), place);
      });
    },
  };
}

function readMany(topic: string, input: unknown, counted: readonly unknown[], azure: InvocationContext) {
  const bodies = Array.isArray(input) ? input : [];
  // A tombstone may be among those that the host left out.
  checkCount("Kafka", bodies, counted);
  return bodies.map((body, index) =>
    toRecord(topic, body, isDocument(body) ? documentFields(body) : lookUpAt(azure, index, bodies.length)),
  );
}

function listOf({ triggerMetadata }: InvocationContext, name: string): readonly unknown[] {
  const list = own(triggerMetadata, name);
  return Array.isArray(list) ? list : [];
}

function isDocument(body: unknown): body is object {
  return own(body, "Offset") !== undefined && own(body, "Partition") !== undefined && own(body, "Topic") !== undefined;
}

/** The members of the extension's document, under the names of the metadata. */
function documentFields(document: object): Lookup {
  return (name) => own(document, name.charAt(0).toUpperCase() + name.slice(1));
}

function toRecord(topic: string, native: unknown, field: Lookup, id?: string): NativeRecord<StreamRecord> {
  const source = new KafkaSource(topic, native, field, id);
  const event = new KafkaRecord(source);
  return {
    event,
    group: `${event.source}/${event.partition}`,
    trace: () => source.trace(),
  };
}

class KafkaRecord extends LazyMessage<"stream"> implements StreamRecord {
  readonly partition: string;
  private readonly "~record": KafkaSource;

  constructor(source: KafkaSource) {
    super("stream", source);
    this.partition = source.partition();
    this["~record"] = source;
  }

  get partitionKey(): string | undefined {
    return toText(this["~record"].key());
  }

  get sequence(): string {
    return this["~record"].offset();
  }

  get key() {
    const key = this["~record"].key();
    return key === undefined || key === null ? undefined : toBytes(toBody(key));
  }

  get headers(): readonly Header[] {
    return this["~record"].headers();
  }

  get tombstone(): boolean {
    return this["~record"].payload() === null;
  }
}

class KafkaSource implements MessageSource {
  readonly native: unknown;
  private readonly topic: string;
  private readonly field: Lookup;
  private readonly place: string | undefined;
  private readonly arrived = new Date();

  /** `place` is given where nobody can tell which of the delivery's offsets it has. */
  constructor(topic: string, native: unknown, field: Lookup, place?: string) {
    this.topic = topic;
    this.native = native;
    this.field = field;
    this.place = place;
  }

  partition(): string {
    return toDigits(this.field("partition")) ?? "";
  }

  offset(): string {
    return toDigits(this.field("offset")) ?? "";
  }

  key(): unknown {
    return this.field("key");
  }

  /** null for a tombstone. */
  payload(): unknown {
    return (isDocument(this.native) ? own(this.native, "Value") : this.native) ?? null;
  }

  id(): string {
    return this.place ?? `${this.partition()}:${this.offset()}`;
  }

  source(): string {
    return toText(this.field("topic")) ?? this.topic;
  }

  time(): Date {
    return toTime(this.field("timestamp")) ?? this.arrived;
  }

  body(): Buffered {
    return toBody(this.payload());
  }

  headers(): readonly Header[] {
    const headers = this.field("headers");
    return (Array.isArray(headers) ? headers : []).map((header) => {
      const value = own(header, "value") ?? own(header, "Value");
      return [String(own(header, "key") ?? own(header, "Key")), toBytes(Buffer.from(String(value ?? ""), "base64"))];
    });
  }

  /** Of several headers of one name the last counts, as it does for Kafka's own clients. */
  attributes(): Readonly<Record<string, string>> {
    const attributes: Record<string, string> = Object.create(null);
    for (const [name, value] of this.headers()) attributes[name] = Buffer.from(value).toString("utf8");
    return attributes;
  }

  contentType(): string | undefined {
    return this.attributes()["content-type"];
  }

  correlationId(): string | undefined {
    return this.attributes().correlationId;
  }

  subject(): string | undefined {
    return this.attributes().subject;
  }

  replyTo(): string | undefined {
    return this.attributes().replyTo;
  }

  attempt(): undefined {
    return undefined;
  }

  trace(): Trace | undefined {
    const { traceparent, tracestate } = this.attributes();
    return parseTraceparent(traceparent, tracestate);
  }
}
