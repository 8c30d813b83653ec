import type {
  ChangeFunction,
  EventFunction,
  ObjectFunction,
  QueueFunction,
  ScheduleFunction,
  Sink,
  StreamFunction,
  TopicFunction,
} from "@portico/core";

export declare const sink: Sink;
export declare const onMessage: QueueFunction;
export declare const onPublished: TopicFunction;
export declare const onRecord: StreamFunction;
export declare const onObject: ObjectFunction;
export declare const onChange: ChangeFunction;
export declare const onTick: ScheduleFunction;
export declare const onEvent: EventFunction;
