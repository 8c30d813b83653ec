/** What adapters, routers and test tools are made of; functions need none of it. */
export { type ContextInit, InvocationContext, toContext } from "./context.js";
export { Deadline } from "./deadline.js";
export { describe, toError } from "./error.js";
export { createFunction } from "./function.js";
export {
  createHttpEntry,
  type HttpEntry,
  type HttpEntryOptions,
  methodMiss,
  refuseMethod,
} from "./kinds/http/answer.js";
export { concat, defaultBodyLimit, tooLarge } from "./kinds/http/body.js";
export { type Chunks, toChunks } from "./kinds/http/chunks.js";
export { parseCookies, serializeCookie } from "./kinds/http/cookies.js";
export { toFailure } from "./kinds/http/failure.js";
export { cancelBody, cancelLate, checkReply, collectBody, finishReply, isStreamBody } from "./kinds/http/finish.js";
export { forwardedFor } from "./kinds/http/forwarded.js";
export { create as createHttpFunction } from "./kinds/http/function.js";
export { joinLines, LazyHeaders } from "./kinds/http/headers.js";
export { toClaims, toIdentity } from "./kinds/http/identity.js";
export { NodeSource, type NodeSourceOptions, type NodeStyleRequest } from "./kinds/http/node-request.js";
export { type BeforeEnd, type NodeStyleResponse, sendReply } from "./kinds/http/node-response.js";
export { type NodeStyleServer, stopAccepting } from "./kinds/http/node-server.js";
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
export { LazyHttpRequest, type Miss, withParams } from "./kinds/http/request.js";
export type { HttpSource, HttpSourceBody } from "./kinds/http/source.js";
export { createLogger, errorFields, type LoggerOptions, toLine, toLogLevel } from "./log.js";
export { checkOptions, type SharedOptions } from "./options.js";
export { type Buffered, toBytes, toJson, toText } from "./payload.js";
export { compose, type Layer, type Run } from "./pipeline.js";
export { newTrace, parseTraceparent } from "./trace.js";
export { Watchdog, type Watched } from "./watchdog.js";
