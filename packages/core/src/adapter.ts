/** What adapters, routers and test tools are made of; functions need none of it. */

export { toAsciiLowerCase, toCount, trimWhiteSpace } from "./ascii.js";
export { once, requireSink } from "./capabilities.js";
export { isDecimal, isPlainJson } from "./cloud-event/exact.js";
export { fromParsed, messageFromParsed } from "./cloud-event/from-cloud-event.js";
export { encodeHeaderValue } from "./cloud-event/header-value.js";
export { type CloudEventRequest, parseCloudEvents } from "./cloud-event/parse.js";
export type { CloudEventData, ParsedCloudEvent } from "./cloud-event/parsed.js";
export { fromStructured } from "./cloud-event/structured.js";
export { parseTimestamp } from "./cloud-event/timestamp.js";
export { type CloudEventHttp, toHttp, toHttpBatch } from "./cloud-event/to-http.js";
export { answerWebhook, type WebhookPermission } from "./cloud-event/webhook.js";
export { takeColdStart } from "./cold-start.js";
export { InvocationContext } from "./context.js";
export type { ContextInit } from "./context-init.js";
export { Deadline, inTime, toStepMs, withDeadline } from "./deadline.js";
export { toExactNumber } from "./decimal.js";
export type { Delivery, Disposition, MessageRecord, Settling } from "./delivery/delivery.js";
export { fromThrown } from "./delivery/disposal.js";
export {
  createMessageEntry,
  longestDelay,
  type MessageEntry,
  type MessageEntryOptions,
  toDeliveryError,
} from "./delivery/entry.js";
export { InFlight } from "./delivery/in-flight.js";
export { MessageContext } from "./delivery/message-context.js";
export { describe, toError } from "./error.js";
export { createFunction } from "./function.js";
export { beginRequest, logFailure, matchRoute } from "./incoming-request.js";
export { changeFacts } from "./kinds/change.js";
export {
  actionOfChange,
  type ChangeFacts,
  type ChangeKeys,
  keyHint,
  keyOfChange,
  textKeyOfChange,
} from "./kinds/change-key.js";
export { LazyCloudEvent } from "./kinds/cloud-event.js";
export { type CronField, type CronFields, parseCron } from "./kinds/cron.js";
export { passesFilter } from "./kinds/event.js";
export {
  createHttpEntry,
  type HttpEntry,
  type HttpEntryOptions,
  isLater,
  type LaterReply,
  methodMiss,
  refuseMethod,
  whenGiven,
} from "./kinds/http/answer.js";
export { concat, defaultBodyLimit, tooLarge } from "./kinds/http/body.js";
export { type Chunks, toChunks } from "./kinds/http/chunks.js";
export { parseCookies, serializeCookie } from "./kinds/http/cookies.js";
export { chunksInTime, countdown, isEventStream, settle } from "./kinds/http/countdown.js";
export { describesEncoded, isEncoded } from "./kinds/http/encoding.js";
export { failedStream, toFailure } from "./kinds/http/failure.js";
export { cancelBody, cancelLate, collectBody, finishReply, isStreamBody, normalizeReply } from "./kinds/http/finish.js";
export { forwardedFor } from "./kinds/http/forwarded.js";
export { create as createHttpFunction } from "./kinds/http/function.js";
export { joinLines, LazyHeaders } from "./kinds/http/headers.js";
export { jsonHeaders } from "./kinds/http/http-reply.js";
export { toClaims, toIdentity } from "./kinds/http/identity.js";
export { NodeApp, type NodeListener } from "./kinds/http/node-app.js";
export type { NodeSendOptions, NodeServer } from "./kinds/http/node-exchange.js";
export { NodeSource, type NodeSourceOptions, type NodeStyleRequest } from "./kinds/http/node-request.js";
export { type BeforeEnd, type NodeStyleResponse, sendReply } from "./kinds/http/node-response.js";
export { type NodeStyleServer, stopAccepting } from "./kinds/http/node-server.js";
export { type NodeWireRequest, toNodeHead, toNodeWire } from "./kinds/http/node-wire.js";
export {
  behindBasePath,
  canonicalPath,
  compilePath,
  decodeParam,
  isBehind,
  notFound,
  type PathMatcher,
  type PathSegment,
  parsePath,
  toBasePath,
} from "./kinds/http/path.js";
export { encodedContent, LazyHttpRequest, type Miss, withParams } from "./kinds/http/request.js";
export { type Run as HttpRun, replyOf, runOf, toHttpFunction } from "./kinds/http/run.js";
export type { HttpSource, HttpSourceBody } from "./kinds/http/source.js";
export { invokeOverHttp } from "./kinds/invoke-http.js";
export { LazyMessage, type MessageSource } from "./kinds/message.js";
export { objectFacts } from "./kinds/object.js";
export { orderGroup } from "./kinds/order.js";
export { createLogger, errorFields, type LoggerOptions, toLine, toLogLevel } from "./log.js";
export { toFlatEntry } from "./log-entry.js";
export { checkNames, type OptionNames } from "./option-names.js";
export {
  atLeastOne,
  byteCount,
  checkNumbers,
  milliseconds,
  type NumberRange,
  portNumber,
  timerMilliseconds,
} from "./option-number.js";
export { checkOptions, type SharedOptions } from "./options.js";
export { type Buffered, toBytes, toJson, toRawJson, toText } from "./payload.js";
export { compose, type Layer, type Run } from "./pipeline.js";
export { plainEvent, ShownEvent, showEvent } from "./printed.js";
export { checkKind, checkMessageOptions } from "./registration.js";
export { requireOption } from "./require-option.js";
export { openObject } from "./resources/open-object.js";
export { toContext } from "./to-context.js";
export { newTrace, parseTraceparent } from "./trace.js";
export { unencodable } from "./unencodable.js";
export { type Newcomer, toTimerMs, Watchdog, type Watched } from "./watchdog.js";
