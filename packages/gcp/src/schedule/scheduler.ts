import type { Capabilities, ScheduleEvent } from "@portico/core";
import { type Buffered, parseTimestamp, parseTraceparent, ShownEvent, toJson } from "@portico/core/adapter";
import type { Cell } from "../messages.js";
import { inPubSub } from "../pubsub/carried.js";
import { eventTrace } from "../pubsub/cell.js";
import { type PubSubSource, refusal } from "../pubsub/message.js";

export const capabilities: Capabilities = {
  kind: "schedule",
  source: "Cloud Scheduler",
  batch: false,
  redelivery: "declared",
  requires: "a retry count on the job, and `redelivery: true`; else a failure waits for the next tick",
  order: "none",
  retryDelay: false,
  deadLetter: "sink-or-redelivery",
  attempt: false,
  deadline: false,
  see: "https://cloud.google.com/scheduler/docs/configuring/retry-jobs",
};

const service = "//cloudscheduler.googleapis.com/";

/** A job with an HTTP target; also the CloudEvent that Google has a type for. */
export const scheduler: Cell<ScheduleEvent> = {
  capabilities,
  fromRequest: (arrival) => {
    if (!arrival.isTick) return undefined;
    const { source, time, body, request } = arrival;
    const job = arrival.header("x-cloudscheduler-jobname") ?? "";
    // A run by hand may have none.
    const told = arrival.header("x-cloudscheduler-scheduletime");
    const scheduledTime = parseTimestamp(told ?? "");
    const event = new Tick({
      // Retries of one tick have the same time.
      id: scheduledTime ? `${job}/${told}` : source.id(),
      source: service + job,
      time: scheduledTime ?? time,
      native: request,
      arrived: time,
      body: () => body,
    });
    return { event, trace: () => parseTraceparent(arrival.header("traceparent"), arrival.header("tracestate")) };
  },
  fromEvent: (event, { time }) => {
    if (event.type !== "google.cloud.scheduler.job.v1.executed") return undefined;
    const data = event.data.kind === "json" ? event.data.value : undefined;
    const { customData } = (data ?? {}) as { readonly customData?: unknown };
    const tick = new Tick({
      id: event.id,
      source: event.source,
      time: parseTimestamp(event.time ?? "") ?? time,
      native: event,
      arrived: time,
      body: () => (typeof customData === "string" ? Buffer.from(customData, "base64") : ""),
    });
    return { event: tick, trace: () => eventTrace(event) };
  },
};

/** A job whose target is a topic. */
export const throughPubSub: Cell<ScheduleEvent> = inPubSub(
  "schedule",
  "Cloud Scheduler",
  (message) => ({ event: fromMessage(message), rejected: refusal(message.delivery) }),
  fromMessage,
);

function fromMessage(message: PubSubSource): ScheduleEvent {
  return new Tick({
    id: message.id(),
    source: message.source(),
    time: message.time(),
    native: message.native,
    arrived: message.arrived,
    body: () => message.body(),
  });
}

interface TickFacts extends Pick<ScheduleEvent, "id" | "source" | "time" | "native"> {
  readonly arrived: Date;
  readonly body: () => Buffered;
}

const lateMs = 60_000;

class Tick extends ShownEvent implements ScheduleEvent {
  readonly kind = "schedule";
  readonly id: string;
  readonly source: string;
  readonly time: Date;
  readonly native: unknown;
  readonly late: boolean;
  private readonly "~body": () => Buffered;

  constructor({ id, source, time, native, arrived, body }: TickFacts) {
    super();
    this.id = id;
    this.source = source;
    this.time = time;
    this.native = native;
    this.late = arrived.getTime() - time.getTime() > lateMs;
    this["~body"] = body;
  }

  get scheduledTime(): Date {
    return this.time;
  }

  async json(): Promise<unknown> {
    const body = this["~body"]();
    return body.length === 0 ? null : toJson(body);
  }
}
