import type {
  AnyChangeFunction,
  AnyEventFunction,
  AnyObjectFunction,
  AnyQueueFunction,
  AnyScheduleFunction,
  AnyStreamFunction,
  AnyTopicFunction,
  Sink,
} from "@portico/core";

/** One function of each message kind, and their sink: what a deployment of all sources takes. */
export interface MessageFunctions {
  readonly sink: Sink;
  readonly onMessage: AnyQueueFunction;
  readonly onPublished: AnyTopicFunction;
  readonly onRecord: AnyStreamFunction;
  readonly onObject: AnyObjectFunction;
  readonly onChange: AnyChangeFunction;
  readonly onTick: AnyScheduleFunction;
  readonly onEvent: AnyEventFunction;
}

export declare const sink: Sink;
