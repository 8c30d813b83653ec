export type { Context } from "./context.js";
export { type ErrorCode, errorStatus, HandlerError, type HandlerErrorOptions } from "./error.js";
export type { AnyFunction, PortableFunction, Trigger } from "./function.js";
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
export {
  appendHeader,
  type HttpReply,
  type HttpReplyBody,
  type HttpReplyHeaders,
  type StreamSource,
  withHeaders,
} from "./kinds/http/http-reply.js";
export type { Identity } from "./kinds/http/identity.js";
export type { Params } from "./kinds/http/path.js";
export type { Problem, ReplyInit } from "./kinds/http/reply.js";
/** Builds replies: plain data, with the content type that fits. */
export * as reply from "./kinds/http/reply.js";
export type { HttpRequest } from "./kinds/http/request.js";
export type { ServerSentEvent, SseOptions } from "./kinds/http/sse.js";
export type { LogEntry, LogFields, Logger, LogLevel } from "./log.js";
export type { Final, Marked, Merge, Middleware, Next, None } from "./middleware.js";
export { ack, deadLetter, drop, type Outcome, retry } from "./outcome.js";
export type { Bytes } from "./payload.js";
export type { StandardSchemaV1 } from "./standard-schema.js";
export { type Trace, toTraceparent } from "./trace.js";
export { type InputIssue, type Parts, validate } from "./validate.js";
