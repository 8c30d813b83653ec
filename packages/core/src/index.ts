export type { Capabilities } from "./capabilities.js";
export type { CloudEventAttribute, CloudEventV1 } from "./cloud-event/cloud-event-v1.js";
export { fromCloudEvent } from "./cloud-event/from-cloud-event.js";
export { type AnyEvent, toCloudEvent } from "./cloud-event/to-cloud-event.js";
export type { Context } from "./context.js";
export { Decimal } from "./decimal.js";
export type { Sink } from "./delivery/delivery.js";
export { type ErrorCode, errorStatus, HandlerError, type HandlerErrorOptions } from "./error.js";
export type { AnyFunction, PortableFunction, Trigger } from "./function.js";
export {
  type AnyChangeFunction,
  type ChangeAction,
  type ChangeEvent,
  type ChangeFunction,
  type ChangeItem,
  type ChangeTrigger,
  type ChangeValue,
  change,
} from "./kinds/change.js";
export {
  type AnyEventFunction,
  type CloudEvent,
  type EventFilter,
  type EventFunction,
  type EventTrigger,
  event,
} from "./kinds/event.js";
export type { SetCookie } from "./kinds/http/cookies.js";
export type { FetchHandler } from "./kinds/http/fetch.js";
export {
  type AnyHttpFunction,
  type HttpBuilder,
  type HttpFunction,
  type HttpHandler,
  type HttpPipeline,
  type HttpTrigger,
  http,
} from "./kinds/http/function.js";
export type { HttpHeaders } from "./kinds/http/headers.js";
export type { HttpReply, HttpReplyBody, HttpReplyHeaders, StreamSource } from "./kinds/http/http-reply.js";
export type { Identity } from "./kinds/http/identity.js";
export type { Params } from "./kinds/http/path.js";
export type { Problem, ReplyInit } from "./kinds/http/reply.js";
export { appendHeader, withHeaders } from "./kinds/http/reply-headers.js";
export type { HttpRequest } from "./kinds/http/request.js";
export type { ServerSentEvent, SseOptions } from "./kinds/http/sse.js";
export {
  type AnyInvokeFunction,
  type Invocation,
  type InvokeFunction,
  type InvokePipeline,
  type InvokeTrigger,
  invoke,
} from "./kinds/invoke.js";
export type {
  AnyMessageFunction,
  BatchHandler,
  BatchItem,
  MessageFunction,
  MessageHandler,
  MessagePipeline,
} from "./kinds/message-function.js";
export type { Message, NeutralEvent } from "./kinds/neutral-event.js";
export {
  type AnyObjectFunction,
  type ObjectAction,
  type ObjectEvent,
  type ObjectFilter,
  type ObjectFunction,
  type ObjectTrigger,
  object,
} from "./kinds/object.js";
export {
  type AnyQueueFunction,
  type QueueFunction,
  type QueueMessage,
  type QueueTrigger,
  queue,
} from "./kinds/queue.js";
export {
  type AnyScheduleFunction,
  every,
  type Rate,
  type ScheduleEvent,
  type ScheduleFunction,
  type ScheduleTrigger,
  schedule,
} from "./kinds/schedule.js";
export {
  type AnyStreamFunction,
  type StreamFunction,
  type StreamRecord,
  type StreamTrigger,
  stream,
} from "./kinds/stream.js";
export {
  type AnyTopicFunction,
  type TopicFunction,
  type TopicMessage,
  type TopicTrigger,
  topic,
} from "./kinds/topic.js";
export type { LogEntry, LogFields, Logger, LogLevel } from "./log.js";
export type { Final, Marked, Merge, Middleware, Next, None } from "./middleware.js";
export { ack, deadLetter, drop, type HandlerResult, type Outcome, retry } from "./outcome.js";
export type { Bytes } from "./payload.js";
export { reply } from "./reply.js";
export { type Bucket, type BucketAccess, bucket } from "./resources/bucket.js";
export type {
  ByteRange,
  CopyStore,
  DeleteOptions,
  DeleteStore,
  GetOptions,
  ListOptions,
  ListStore,
  ObjectBody,
  ObjectEntry,
  ObjectInfo,
  ObjectPage,
  ObjectStore,
  PutOptions,
  ReadStore,
  SignedUrl,
  SignedUrlOptions,
  SigningStore,
  StoredObject,
  StoreIdentity,
  StoreOf,
  StoreOptions,
  WriteStore,
  WrittenObject,
} from "./resources/object-store.js";
export type { OpenedObject } from "./resources/open-object.js";
export type { Resource } from "./resources/resource.js";
export type { StandardSchemaV1 } from "./standard-schema.js";
export { type Trace, toTraceparent } from "./trace.js";
export { type InputIssue, type Parts, validate } from "./validate.js";
