import { encodeInvoke } from "@portico/aws/wrap";
import type { Invocation } from "@portico/core";
import { type FakeInvokeInit, fakeInvoke } from "../fake-invoke.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";

/**
 * What Lambda gets by a direct call: the payload alone.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it is no JSON; CONFIG_INVALID when it cannot be made.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-sync.html
 */
export async function invoke(call: Faked<Invocation, FakeInvokeInit> = {}, options: Seeded = {}): Promise<unknown> {
  return encodeInvoke(toEvent(fakeInvoke, call, options));
}
