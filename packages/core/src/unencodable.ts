import { HandlerError } from "./error.js";

/**
 * The error for what a native event or reply cannot carry: refused, never changed. It is permanent, since trying again cannot help, so that a
 * message which cannot be encoded is dead-lettered and not lost. `details` names the field and the reason.
 *
 * @example
 * throw unencodable("An SQS message", "body", "it is binary", "Send it as base64 text.");
 */
export function unencodable(carrier: string, field: string, reason: string, hint?: string): HandlerError {
  return new HandlerError("EVENT_UNENCODABLE", `${carrier} cannot carry the ${field}: ${reason}.`, {
    hint,
    details: { field, reason },
    permanent: true,
  });
}
