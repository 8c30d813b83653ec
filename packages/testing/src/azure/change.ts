import { encodeChange, type WrapChangeOptions } from "@portico/azure/wrap";
import type { ChangeEvent } from "@portico/core";
import { type FakeChangeInit, fakeChange } from "../fake-change.js";
import { type Faked, type Several, toEvents } from "../native/events.js";
import { commonest, withSource } from "./commonest.js";
import { type FakeInvocation, type FakeOptions, type InvocationOverrides, toInvocation } from "./invocation.js";

/**
 * A batch of Cosmos DB's change feed as a handler gets it, of the latest versions unless `changeFeedMode` says otherwise, or of SQL: `{ sql: {} }`.
 *
 * @param overrides other values here and there for the input and the trigger's metadata.
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry one of them; CONFIG_INVALID when one cannot be made, or they do not
 *   come in one invocation.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-cosmosdb-v2-trigger
 */
export async function change(
  changes: Several<Faked<ChangeEvent, FakeChangeInit>> = {},
  options: Partial<FakeOptions<WrapChangeOptions, "table">> = {},
  overrides?: InvocationOverrides<unknown[]>,
): Promise<FakeInvocation<unknown[]>> {
  const settings = withSource({ table: "fake-table", ...options }, commonest.change);
  return toInvocation(
    encodeChange(toEvents(fakeChange, changes, options), settings as WrapChangeOptions),
    options,
    overrides,
  );
}
