import { HandlerError, type HttpFunction, type HttpRequest, type Identity } from "@portico/core";
import { checkNames, createHttpFunction, type OptionNames, requireOption } from "@portico/core/adapter";
import type { HttpEvent } from "../http/event.js";
import { answerBuffered, answerStreaming } from "./http/answer.js";
import { encodeAlb, encodeLattice, withoutClaims } from "./http/balancer.js";
import type { EncodeHttpOptions, FrontEndOptions, HttpFormat } from "./http/options.js";
import { encodePayloadV2 } from "./http/payload-v2.js";
import { readRequest } from "./http/request.js";
import { encodeRest } from "./http/rest.js";
import type { CallOptions } from "./lambda/context.js";
import { callNames } from "./lambda/context.js";
import { checkHandler, isStreaming, type NativeHandler } from "./lambda/handler.js";
import { inTurn } from "./lambda/in-turn.js";

export { decodeHttpPrelude, decodeHttpResult } from "./http/decode.js";
export type { EncodeHttpOptions, FrontEndOptions, HttpFormat } from "./http/options.js";
export type { CallOptions, HomeFunction } from "./lambda/context.js";
export type { NativeHandler } from "./lambda/handler.js";

/** How a Lambda function for HTTP is wrapped. */
export interface WrapHttpOptions extends FrontEndOptions, CallOptions {
  /**
   * The path of its route, as a template: `/orders/:id`. One that is nothing but `/*rest` stands for the API's catch-all route, which is
   * `/{proxy+}` or `$default` in the event.
   */
  readonly path: string;
  /** The methods of its route. Default: all, as with ANY. */
  readonly methods?: readonly string[] | undefined;
  /** The event that it was written for: payload format version 1.0 or 2.0 of an HTTP API, or another front end. */
  readonly payload: "1.0" | "2.0" | HttpFormat;
  /** Says in terms of AWS who calls, where another cloud's authorizer said it. Default: as it is, which that cloud's own has no place for. */
  readonly identity?: ((identity: Identity) => Identity | undefined) | undefined;
}

const names = {
  ...callNames,
  path: true,
  methods: true,
  payload: true,
  identity: true,
  stage: true,
  basePath: true,
  lossy: true,
} satisfies OptionNames<WrapHttpOptions>;

/**
 * Makes a portable HTTP function of a Lambda handler: one that returns a promise, calls back, or streams its response. Every result that
 * its front end takes at home becomes the same reply here. What it throws, and a result that the front end would refuse, is a 502 as
 * there; the error is for the log alone.
 *
 * @example
 * export const legacy = http(handler, { path: "/*rest", payload: "2.0" });
 * @throws {HandlerError} CONFIG_INVALID when the handler is not a function, or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export function http(handler: NativeHandler, options: WrapHttpOptions): HttpFunction {
  checkNames(options, names);
  checkHandler(handler, true);
  requireOption("http", options, "path", '"/*rest"');
  const { path, payload, methods = ["*"], stage, basePath, lossy, identity, region, accountId } = options;
  const format = payload === "1.0" || payload === "2.0" ? (`http-${payload}` as const) : payload;
  if (!formats.includes(format)) throw noFormat(payload);
  const encoding: EncodeHttpOptions = {
    format,
    stage,
    basePath,
    lossy,
    region,
    accountId,
    template: /^\/\*\w*$/.test(path) ? undefined : path,
    routeMethod: methods.includes("*") ? "ANY" : undefined,
  };
  const turn = inTurn(options.oneAtATime ?? false);
  const upper = methods.map((method) => method.toUpperCase());
  return createHttpFunction(upper, path, [], async (request, context) => {
    const asked = identity ? withIdentity(request, identity) : request;
    const encoded = await encodeHttp(asked, encoding);
    // A fake may have them; from a client they are not to be believed.
    const event =
      format.startsWith("alb") && asked.identity?.provider !== "alb-oidc" ? withoutClaims(encoded) : encoded;
    const answer = isStreaming(handler) ? answerStreaming : answerBuffered;
    return answer(handler, event, format, context, options, turn);
  });
}

const formats: readonly unknown[] = ["rest", "http-1.0", "http-2.0", "url", "alb", "alb-multi", "lattice"];

function withIdentity(request: HttpRequest, convert: NonNullable<WrapHttpOptions["identity"]>): HttpRequest {
  const caller = request.identity;
  return caller ? Object.create(request, { identity: { value: convert(caller) } }) : request;
}

function noFormat(format: unknown): HandlerError {
  return new HandlerError("CONFIG_INVALID", `There is no HTTP format ${JSON.stringify(format)}.`);
}

/**
 * The native event that AWS would send for a request: for tests, for local tools, and to run an existing Lambda handler elsewhere.
 * `http` of this package reads it back as the same request, on everything the format can carry; only the order among different query
 * names is not kept everywhere.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the format cannot carry the request, unless `lossy`.
 */
export async function encodeHttp(request: HttpRequest, options: EncodeHttpOptions): Promise<HttpEvent> {
  const parts = await readRequest(request, options);
  switch (options.format) {
    case "rest":
    case "http-1.0":
      return encodeRest(parts, options);
    case "http-2.0":
    case "url":
      return encodePayloadV2(parts, options);
    case "alb":
    case "alb-multi":
      return encodeAlb(parts, options);
    case "lattice":
      return encodeLattice(parts, options);
    default:
      throw noFormat(options.format);
  }
}
