import type { Invocation } from "@portico/core";
import { encodeInvoke, type GoogleRequest } from "@portico/gcp/wrap";
import { type FakeInvokeInit, fakeInvoke } from "../fake-invoke.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";

/** What a fake call is on Google Cloud. */
export interface FakeInvokeOptions extends Seeded {
  /** Default: `/`. */
  readonly path?: string | undefined;
}

/**
 * A call as a request, for `send`: its payload as JSON, by POST.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the framework would refuse its payload; CONFIG_INVALID when it cannot be made.
 */
export async function invoke(
  call: Faked<Invocation, FakeInvokeInit> = {},
  options: FakeInvokeOptions = {},
): Promise<GoogleRequest> {
  return encodeInvoke(toEvent(fakeInvoke, call, options), options);
}
