import type { Capabilities, QueueMessage } from "@portico/core";
import { type Buffered, LazyMessage, type MessageSource } from "@portico/core/adapter";
import { fingerprint, toBody } from "../messages/body.js";
import { type Lookup, lookUp, toCount, toText, toTime } from "../messages/metadata.js";
import type { Cell } from "../messages.js";

export const capabilities: Capabilities = {
  kind: "queue",
  source: "Storage Queue",
  batch: false,
  redelivery: "message",
  order: "none",
  retryDelay: false,
  deadLetter: "sink-or-redelivery",
  attempt: true,
  deadline: false,
  see: "https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#poison-messages",
};

/** A message of a Storage Queue. Its id is the service's own, which stays the same when it comes again. */
export function storageQueue(queueName: string): Cell<QueueMessage> {
  return {
    capabilities,
    read: (input, azure) => {
      const message = new StorageQueueMessage(input, lookUp(azure, input), queueName);
      return [{ event: message }];
    },
  };
}

class StorageQueueMessage extends LazyMessage<"queue"> implements QueueMessage {
  readonly groupId = undefined;
  readonly sequence = undefined;

  constructor(input: unknown, metadata: Lookup, queueName: string) {
    super("queue", new StorageQueueSource(input, metadata, queueName));
  }
}

class StorageQueueSource implements MessageSource {
  readonly native: unknown;
  private readonly metadata: Lookup;
  private readonly queueName: string;
  private readonly arrived = new Date();

  constructor(native: unknown, metadata: Lookup, queueName: string) {
    this.native = native;
    this.metadata = metadata;
    this.queueName = queueName;
  }

  id(): string {
    // Without `dataType: "binary"` a payload can claim another id: then the payload itself is all that stays the same.
    return toText(this.metadata("id")) ?? fingerprint(String(toBody(this.native)));
  }

  source(): string {
    return this.queueName;
  }

  time(): Date {
    return toTime(this.metadata("insertionTime")) ?? this.arrived;
  }

  body(): Buffered {
    return toBody(this.native);
  }

  attributes(): Readonly<Record<string, string>> {
    return Object.create(null);
  }

  contentType(): undefined {
    return undefined;
  }

  correlationId(): undefined {
    return undefined;
  }

  subject(): undefined {
    return undefined;
  }

  replyTo(): undefined {
    return undefined;
  }

  attempt(): number | undefined {
    return toCount(this.metadata("dequeueCount"));
  }
}
