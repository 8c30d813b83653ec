import type { Message } from "@portico/core";
import type { Fields } from "./fields.js";
import { type HostValue, host } from "./host-value.js";

/** How a trigger is registered, as far as it decides the form of payloads. */
export interface PayloadForm {
  readonly dataType?: "binary" | "string" | undefined;
  readonly cardinality?: "one" | "many" | undefined;
  /**
   * What the app says by `app.setup({ capabilities: { IncludeEmptyEntriesInMessagePayload: "true" } })`: empty texts keep their place in
   * batches. Default: false.
   */
  readonly includesEmptyEntries?: boolean | undefined;
}

/**
 * A message's payload as the host sends it.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it is over `limit` bytes, is no text where the trigger takes text, or would vanish from a batch.
 */
export async function toPayload(
  message: Message,
  form: PayloadForm,
  fields: Fields,
  limit: number,
): Promise<HostValue> {
  const body = fields.size(await message.bytes(), limit);
  if (form.dataType === "binary") return host.bytes(body);
  if (form.cardinality === "many" && body.byteLength === 0 && !form.includesEmptyEntries) {
    throw fields.refuse(
      "body",
      "it is empty, and the host leaves empty texts out of a batch",
      'Register the trigger with `dataType: "binary"`, or pass `includesEmptyEntries: true` where the app is set up so.',
    );
  }
  return host.text(fields.utf8(body));
}
