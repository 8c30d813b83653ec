import type { Capabilities, QueueMessage } from "@portico/core";
import { LazyMessage, type MessageSource, parseTraceparent } from "@portico/core/adapter";
import type { Arrival } from "../arrival.js";
import type { Cell } from "../messages.js";
import { otherHeaders } from "../pubsub/delivery.js";

export const capabilities: Capabilities = {
  kind: "queue",
  source: "Cloud Tasks",
  batch: false,
  redelivery: "message",
  order: "none",
  // By 503 and Retry-After, which slow the whole queue.
  retryDelay: true,
  deadLetter: "sink",
  attempt: true,
  deadline: false,
  see: "https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler",
};

/** A task of Cloud Tasks. Its header fields are to be trusted only where Google alone may invoke the function. */
export const cloudTasks: Cell<QueueMessage> = {
  capabilities,
  fromRequest: (arrival) => {
    if (!arrival.isTask) return undefined;
    const { source } = arrival;
    return {
      event: new CloudTask(arrival),
      trace: () => parseTraceparent(source.header("traceparent"), source.header("tracestate")),
    };
  },
};

class CloudTask extends LazyMessage<"queue"> implements QueueMessage {
  readonly groupId: string | undefined = undefined;
  readonly sequence: string | undefined = undefined;

  constructor(arrival: Arrival) {
    super("queue", new TaskSource(arrival));
  }
}

class TaskSource implements MessageSource {
  private readonly arrival: Arrival;

  constructor(arrival: Arrival) {
    this.arrival = arrival;
  }

  /** The request: a task may have any method and path. */
  get native(): unknown {
    return this.arrival.request;
  }

  /** The name of the task: its last part, or all of it where somebody chose it. */
  id(): string {
    return this.header("taskname") ?? "";
  }

  source(): string {
    return `//cloudtasks.googleapis.com/queues/${this.header("queuename") ?? ""}`;
  }

  /** When the task was due. */
  time(): Date {
    const eta = this.header("tasketa") ?? "";
    const timeMs = /^\d{1,13}(?:\.\d{1,9})?$/.test(eta) ? Math.round(Number(eta) * 1000) : 0;
    // A date ends there.
    return timeMs > 0 && timeMs <= 8.64e15 ? new Date(timeMs) : this.arrival.time;
  }

  body(): Uint8Array {
    return this.arrival.body;
  }

  /** The header fields that the task's creator chose. */
  attributes(): Readonly<Record<string, string>> {
    return otherHeaders(this.arrival);
  }

  contentType(): string | undefined {
    return this.arrival.header("content-type");
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
    const retries = this.header("taskretrycount") ?? "";
    return /^\d{1,9}$/.test(retries) ? Number(retries) + 1 : undefined;
  }

  private header(name: string): string | undefined {
    return this.arrival.header(`x-cloudtasks-${name}`);
  }
}
