import { HandlerError, type HttpRequest } from "@portico/core";
import type { HttpEvent } from "../http/event.js";
import { encodeAlb, encodeLattice } from "./http/balancer.js";
import type { EncodeHttpOptions } from "./http/options.js";
import { encodePayloadV2 } from "./http/payload-v2.js";
import { readRequest } from "./http/request.js";
import { encodeRest } from "./http/rest.js";

export { decodeHttpPrelude, decodeHttpResult } from "./http/decode.js";
export type { EncodeHttpOptions, HttpFormat } from "./http/options.js";

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
      return encodeLattice(parts);
    default:
      throw new HandlerError("CONFIG_INVALID", `There is no HTTP format ${JSON.stringify(options.format)}.`);
  }
}
