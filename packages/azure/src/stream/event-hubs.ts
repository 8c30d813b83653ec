import type { InvocationContext } from "@azure/functions";
import type { Capabilities, StreamRecord, Trace } from "@portico/core";
import { type Buffered, LazyMessage, type MessageSource, parseTraceparent } from "@portico/core/adapter";
import { toAttributes } from "../messages/attributes.js";
import { toBody } from "../messages/body.js";
import { checkCount, lookUp, lookUpAt, own, salvageBodies, toDigits, toText, toTime } from "../messages/metadata.js";
import type { Cell, NativeRecord } from "../messages.js";

export const capabilities: Capabilities = {
  kind: "stream",
  source: "Event Hubs",
  batch: true,
  redelivery: "delivery",
  requires: "a retry policy: `maxRetryCount: -1`, or a finite count, after which the sink takes what is left",
  order: "partition",
  retryDelay: false,
  deadLetter: "sink",
  attempt: false,
  deadline: false,
  see: "https://learn.microsoft.com/azure/azure-functions/functions-reliable-event-processing",
};

/** The events of one partition. An event's id is its partition with its sequence number. */
export function eventHubs(hub: string): Cell<StreamRecord> {
  return {
    capabilities,
    read: (input, azure) => {
      const counted = own(azure.triggerMetadata, "systemPropertiesArray");
      if (!Array.isArray(counted)) {
        const metadata = lookUp(azure, input);
        return [toRecord(hub, input, metadata, metadata("partitionContext"))];
      }
      const bodies = Array.isArray(input) ? input : [];
      checkCount("Event Hubs", bodies, counted);
      const context = partitionOf(azure);
      return bodies.map((body, index) => toRecord(hub, body, lookUpAt(azure, index, bodies.length), context));
    },
    salvage: (input, azure) => {
      const context = partitionOf(azure);
      const counted = own(azure.triggerMetadata, "systemPropertiesArray") as readonly unknown[];
      const [first, last] = [counted[0], counted.at(-1)].map((one) => toDigits(own(one, "sequenceNumber")) ?? "");
      const partition = toText(own(context, "partitionId")) ?? "";
      return salvageBodies(input, counted.length).map((body, index) =>
        toRecord(hub, body, () => undefined, context, `${partition}:${first}-${last}#${index}`),
      );
    },
  };
}

function partitionOf({ triggerMetadata }: InvocationContext): unknown {
  return own(triggerMetadata, "partitionContext");
}

function toRecord(
  hub: string,
  body: unknown,
  field: (name: string) => unknown,
  partitionContext: unknown,
  id?: string,
): NativeRecord<StreamRecord> {
  const source = new EventHubSource(hub, body, field, partitionContext, id);
  const event = new EventHubRecord(source);
  return { event, group: event.partition, trace: () => source.trace() };
}

class EventHubRecord extends LazyMessage<"stream"> implements StreamRecord {
  readonly partition: string;
  readonly key = undefined;
  readonly headers = [];
  readonly tombstone = false;
  private readonly "~hub": EventHubSource;

  constructor(source: EventHubSource) {
    super("stream", source);
    this.partition = source.partition;
    this["~hub"] = source;
  }

  get partitionKey(): string | undefined {
    return this["~hub"].partitionKey();
  }

  get sequence(): string {
    return this["~hub"].sequence();
  }
}

class EventHubSource implements MessageSource {
  readonly native: unknown;
  readonly partition: string;
  private readonly hub: string;
  private readonly field: (name: string) => unknown;
  private readonly partitionContext: unknown;
  private readonly place: string | undefined;
  private readonly arrived = new Date();

  /** `place` is given where nobody can tell which of the delivery's sequence numbers it has. */
  constructor(
    hub: string,
    native: unknown,
    field: (name: string) => unknown,
    partitionContext: unknown,
    place?: string,
  ) {
    this.hub = hub;
    this.place = place;
    this.native = native;
    this.field = field;
    this.partitionContext = partitionContext;
    this.partition = toText(own(partitionContext, "partitionId")) ?? "";
  }

  id(): string {
    return this.place ?? `${this.partition}:${this.sequence()}`;
  }

  source(): string {
    const namespace = toText(own(this.partitionContext, "fullyQualifiedNamespace"));
    return namespace === undefined ? this.hub : `${namespace}/${this.hub}`;
  }

  sequence(): string {
    return toDigits(this.field("sequenceNumber")) ?? toDigits(this.system("sequenceNumber")) ?? "";
  }

  /** From the system properties, which have an entry for every event; the list of keys has not. */
  partitionKey(): string | undefined {
    return toText(this.system("partitionKey"));
  }

  time(): Date {
    return toTime(this.system("enqueuedTimeUtc")) ?? toTime(this.field("enqueuedTimeUtc")) ?? this.arrived;
  }

  body(): Buffered {
    return toBody(this.native);
  }

  attributes(): Readonly<Record<string, string>> {
    return toAttributes(this.field("properties"));
  }

  contentType(): string | undefined {
    return toText(this.system("content-type"));
  }

  correlationId(): string | undefined {
    return toText(this.system("correlation-id"));
  }

  subject(): string | undefined {
    return toText(this.system("subject"));
  }

  replyTo(): string | undefined {
    return toText(this.system("reply-to"));
  }

  attempt(): undefined {
    return undefined;
  }

  trace(): Trace | undefined {
    const { traceparent, tracestate, "Diagnostic-Id": diagnosticId } = this.attributes();
    return parseTraceparent(traceparent ?? diagnosticId, tracestate);
  }

  private system(name: string): unknown {
    return own(this.field("systemProperties"), name);
  }
}
