import { type EncodeHttpOptions, encodeHttp, type HttpFormat } from "@portico/aws/wrap";
import type { HttpRequest } from "@portico/core";
import { type FakeHttpInit, fakeHttp } from "../fake-http.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";
import { merge, type Overrides } from "../native/merge.js";
import { fillPath } from "../native/path.js";
import type { HttpEvents } from "./http-events.js";

/** What a fake request is on AWS. */
export interface FakeHttpOptions<F extends HttpFormat> extends Omit<EncodeHttpOptions, "format">, Seeded {
  /** The event source. Default: `http-2.0`, an HTTP API with payload format 2.0. */
  readonly format?: F | undefined;
}

/**
 * A request as Lambda gets it. With a `template`, such as `/orders/:id`, the path may be left to the `params`.
 *
 * @param overrides other values for the native event here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when the format cannot carry it, unless `lossy`; CONFIG_INVALID when it cannot be made.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @example
 * await handler(await aws.http({ path: "/orders", json: { sku: "a" } }, { format: "rest" }), aws.context());
 */
export async function http<F extends HttpFormat = "http-2.0">(
  request: Faked<HttpRequest, FakeHttpInit> = {},
  options: FakeHttpOptions<F> = {},
  overrides?: Overrides<HttpEvents[F]>,
): Promise<HttpEvents[F]> {
  const { format = "http-2.0", template } = options;
  const neutral = toEvent<HttpRequest, FakeHttpInit>(fakeHttp, request, options);
  const sent = template === undefined ? neutral : fillPath(template, neutral);
  const native: unknown = await encodeHttp(sent, { ...options, format });
  // The format is what tells which event it is, and the encoder writes all of it.
  return merge(native as HttpEvents[F], overrides);
}
