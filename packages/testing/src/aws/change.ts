import { type ChangeEvents, type ChangeSource, type EncodeChangeOptions, encodeChange } from "@portico/aws/wrap";
import type { ChangeEvent } from "@portico/core";
import { type FakeChangeInit, fakeChange } from "../fake-change.js";
import { type Faked, type Seeded, type Several, toEvents } from "../native/events.js";
import { merge, type Overrides } from "../native/merge.js";

/**
 * A batch of changes as Lambda gets it: of a stream of DynamoDB, or of DocumentDB by `source`.
 *
 * @param overrides other values for the native event here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry one of them; CONFIG_INVALID when one cannot be made.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 * @example
 * await handler(await aws.change({ after: { id: "7", state: "paid" } }, { source: "dynamo-db" }), aws.context());
 */
export async function change<S extends ChangeSource = "dynamo-db">(
  changes: Several<Faked<ChangeEvent, FakeChangeInit>> = {},
  options: EncodeChangeOptions<S> & Seeded = {},
  overrides?: Overrides<ChangeEvents[S]>,
): Promise<ChangeEvents[S]> {
  return merge(await encodeChange(toEvents(fakeChange, changes, options), options), overrides);
}
