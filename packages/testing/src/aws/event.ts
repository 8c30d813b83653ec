import { type CloudEvents, type EncodeEventOptions, type EventSource, encodeEvent } from "@portico/aws/wrap";
import type { CloudEvent } from "@portico/core";
import { type FakeEventInit, fakeEvent } from "../fake-event.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";
import { merge, type Overrides } from "../native/merge.js";

/**
 * An event as Lambda gets it from EventBridge, or from another source of events by `source`.
 *
 * @param overrides other values for the native event here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry it; CONFIG_INVALID when it cannot be made.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge.html
 */
export async function event<S extends EventSource = "event-bridge">(
  event: Faked<CloudEvent, FakeEventInit> = {},
  options: EncodeEventOptions<S> & Seeded = {},
  overrides?: Overrides<CloudEvents[S]>,
): Promise<CloudEvents[S]> {
  const native = (await encodeEvent(toEvent(fakeEvent, event, options), options)) as CloudEvents[S];
  return merge(native, overrides);
}
