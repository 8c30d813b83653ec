import type { Context } from "../../context.js";
import { HandlerError, toError } from "../../error.js";
import { logFailure, noteStatus } from "../../incoming-request.js";
import { errorFields } from "../../log.js";
import { normalizeReply } from "./finish.js";
import type { HttpReply } from "./http-reply.js";
import { problem } from "./reply.js";

/** The reply in place of a streamed one whose source fails before its first chunk. Logged. */
export function failedStream(thrown: unknown, context: Context): HttpReply {
  const reply = toFailure(thrown);
  noteStatus(context, reply.status);
  logFailure(context, "the reply's stream failed before its first chunk", { error: errorFields(thrown) });
  return reply;
}

/**
 * The problem reply to whatever was thrown. Unlike `reply.problem`, it takes no thrown object for the members of a problem: of one that
 * is not an Error nothing is shown. An error whose headers cannot be sent becomes a plain 500.
 */
export function toFailure(thrown: unknown): HttpReply {
  try {
    return normalizeReply(problem(toError(thrown)));
  } catch (invalid) {
    const why =
      invalid !== thrown && HandlerError.is(invalid) ? invalid.message : "The error that was thrown cannot be read.";
    return problem(new HandlerError("REPLY_INVALID", why, { cause: thrown }));
  }
}
