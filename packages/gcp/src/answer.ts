import { type Capabilities, type Context, HandlerError, type HttpReply, reply } from "@portico/core";
import { type Disposition, errorFields, logFailure, longestDelay, once } from "@portico/core/adapter";
import type { GcpContext } from "./context.js";

/** Answers a request whose events were not run. No status here acknowledges: what cannot be read comes again as often as the platform likes. */
export function refuse(error: unknown, context: GcpContext): HttpReply {
  const { message } = HandlerError.is(error) ? error : { message: "the event could not be read" };
  const problem = reply.problem(error);
  logFailure(context, message, { status: problem.status, error: errorFields(error) });
  return problem;
}

/** Says what became of a request's events, by its status: nothing else counts. */
export function createReport(redelivery: boolean | undefined) {
  const warnDropped = once((log: Context["log"]) =>
    log.warn("a failure drops the event here: say `redelivery: true` where the trigger or subscription delivers again"),
  );
  return (
    records: readonly { readonly cell: { readonly capabilities: Capabilities } }[],
    dispositions: readonly Disposition[],
    context: GcpContext,
  ): HttpReply => {
    const failed = records.filter((_, index) => dispositions[index]?.state !== "done");
    if (failed.length === 0) return reply.empty();
    if (!redelivery && failed.some(({ cell }) => cell.capabilities.redelivery === "declared")) warnDropped(context.log);
    const seconds = longestDelay(dispositions);
    if (seconds !== undefined && failed.every(({ cell }) => cell.capabilities.retryDelay === true))
      return reply.empty({ status: 503, headers: { "retry-after": String(seconds) } });
    return reply.empty({ status: 500 });
  };
}

/** The error for a request with something else than the function takes. */
export function unsupported(kind: string, what: string, isEvent: boolean): HandlerError {
  const message = `An event of kind ${kind} was expected, and this is: ${what}.`;
  const hint = "Give the trigger a function of its own kind, or say with the options what the event comes in.";
  return isEvent
    ? new HandlerError("EVENT_UNSUPPORTED", message, { hint })
    : new HandlerError("UNSUPPORTED_MEDIA_TYPE", `${message} It holds no event at all.`, { hint });
}
