import type { HttpRequest } from "@portico/core";
import { encodeHttp, type GoogleRequest } from "@portico/gcp/wrap";
import { type FakeHttpInit, fakeHttp } from "../fake-http.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";
import { fillPath } from "../native/path.js";

/** What a fake request is on Google Cloud. */
export interface FakeHttpOptions extends Seeded {
  /** The path of the function as a template, `/orders/:id`: then the path may be left to the `params`. */
  readonly template?: string | undefined;
}

/**
 * A request as Google's front end sends it, for `send`.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it cannot be sent; CONFIG_INVALID when it cannot be made.
 * @example
 * const reply = await gcp.send(handler, await gcp.http({ path: "/orders", json: { sku: "a" } }));
 */
export async function http(
  request: Faked<HttpRequest, FakeHttpInit> = {},
  options: FakeHttpOptions = {},
): Promise<GoogleRequest> {
  const neutral = toEvent<HttpRequest, FakeHttpInit>(fakeHttp, request, options);
  return encodeHttp(options.template === undefined ? neutral : fillPath(options.template, neutral));
}
