import { type Context, HandlerError, type HttpReply, type HttpRequest, type Next, reply } from "@portico/core";
import { checkNames, checkNumbers, errorFields, logFailure, type OptionNames, portNumber } from "@portico/core/adapter";

/**
 * Says whether a request may bring events: true lets it in, false refuses it with 401 or 403. A middleware that guards HTTP functions is
 * one too: `next()` lets it in, a reply or an error refuses it. The body is read only if this reads it.
 */
export type EventAuthorizer = (
  request: HttpRequest,
  context: Context,
  next: Next<HttpReply>,
) => boolean | HttpReply | Promise<boolean | HttpReply>;

/** How events come in, by HTTP. One of `authorize` and `port` is needed. */
export interface EventDoor {
  /**
   * Who may send events: `bearer(token)`, the middleware `jwt` for OpenID Connect, a function of your own, or "anyone", where the network
   * admits nobody else.
   */
  readonly authorize?: EventAuthorizer | "anyone" | undefined;
  /** A port of its own for events, which the network keeps from the public; then the main port takes none. 0 takes a free one. */
  readonly port?: number | undefined;
  /** The address that this port listens on. Default: that of the server. */
  readonly host?: string | undefined;
  /** Whether an event, such as a ping of Knative's PingSource, can start a schedule function. Default: false. */
  readonly schedules?: boolean | undefined;
}

const names = { authorize: true, port: true, host: true, schedules: true } satisfies OptionNames<EventDoor>;

/** What the option `events` says. */
export interface Door {
  readonly port: number | undefined;
  readonly host: string | undefined;
  readonly schedules: boolean;
  /** The reply to a request that may not bring events; undefined for one that may. Never rejects for a reason of the request's. */
  refusal(request: HttpRequest, context: Context): Promise<HttpReply | undefined>;
}

/**
 * @param needed whether there are functions that only events reach
 * @returns undefined where no events come in
 * @throws {HandlerError} CONFIG_INVALID when the option is needed and missing, or does not say who may send.
 */
export function createDoor(given: EventDoor | false | undefined, needed: boolean): Door | undefined {
  if (given === false || (given === undefined && !needed)) return undefined;
  const choices =
    '`authorize: bearer(token)`, `authorize: jwt({ ... })`, `authorize: "anyone"`, or a `port` of its own';
  if (given === undefined) {
    throw new HandlerError("CONFIG_INVALID", "Functions that events reach need the option `events`.", {
      hint: `Whoever may send events starts these functions. Write \`events: { ... }\` with ${choices}; or \`events: false\` where they get none over HTTP.`,
    });
  }
  if (given === null || typeof given !== "object") throw invalid("", "is not an object", `Write it with ${choices}.`);
  checkNames(given, names, "events.");
  const { authorize, port, host, schedules = false } = given;
  if (authorize === undefined && port === undefined) {
    throw invalid("", "does not say who may send events", `Write it with ${choices}.`);
  }
  if (authorize !== undefined && authorize !== "anyone" && typeof authorize !== "function")
    throw invalid(".authorize", 'is neither a function nor "anyone"', "For a token write `authorize: bearer(token)`.");
  checkNumbers(given, { port: portNumber }, "events.");
  if (host !== undefined && port === undefined) throw invalid(".host", "is there without a port", "Add `port`.");
  if (typeof schedules !== "boolean") throw invalid(".schedules", "is not true or false");
  const refusal: Door["refusal"] =
    typeof authorize === "function"
      ? (request, context) => authorizeRequest(authorize, request, context)
      : async () => undefined;
  return { port, host, schedules, refusal };
}

function invalid(name: string, why: string, hint?: string): HandlerError {
  return new HandlerError("CONFIG_INVALID", `The option events${name} ${why}.`, { hint });
}

async function authorizeRequest(
  authorize: EventAuthorizer,
  request: HttpRequest,
  context: Context,
): Promise<HttpReply | undefined> {
  let passed: HttpReply | undefined;
  const next: Next<HttpReply> = async () => {
    passed ??= reply.empty();
    return passed;
  };
  try {
    const answer = await authorize(request, context, next);
    // Nothing but true, or the very reply that `next` gave, lets a request in.
    if (answer === true || (passed !== undefined && answer === passed)) return undefined;
    if (typeof answer === "object" && answer !== null && answer.status >= 400) {
      logFailure(context, "a request that brings events was refused", { status: answer.status }, "warn");
      return answer;
    }
    throw request.headers.get("authorization") === null
      ? new HandlerError("UNAUTHORIZED", "Credentials are needed.", { headers: { "www-authenticate": "Bearer" } })
      : new HandlerError("FORBIDDEN", "The credentials do not allow this.");
  } catch (error) {
    const isRefusal = HandlerError.is(error) && (error.code === "UNAUTHORIZED" || error.code === "FORBIDDEN");
    const problem = reply.problem(error);
    const fields = { status: problem.status, error: errorFields(error) };
    if (isRefusal) logFailure(context, "a request that brings events was refused", fields, "warn");
    else logFailure(context, "it is not known whether a request may bring events", fields);
    return problem;
  }
}
