import {
  type AnyInvokeFunction,
  HandlerError,
  type Invocation,
  type InvokeFunction,
  type LogLevel,
} from "@portico/core";
import {
  checkKind,
  checkMessageOptions,
  checkNames,
  Deadline,
  describe,
  inTime,
  type OptionNames,
  plainEvent,
  takeColdStart,
  toError,
  Watchdog,
} from "@portico/core/adapter";
import { AwsContext, completeContext, type FunctionFacts, type LambdaContext, readFacts } from "./context.js";
import { isForeign, nameOf } from "./foreign.js";

export type { LambdaContext } from "./context.js";

/** How an invoke function runs on Lambda. */
export interface InvokeOptions {
  /**
   * Whether events are taken too that a function of another kind should get, such as messages of SQS, events of EventBridge and its clock, or
   * requests of API Gateway: the platform would take the answer for theirs, and forget the messages. A state machine that hands on the event
   * that started it needs this too. Default: false.
   */
  readonly acceptForeign?: boolean | undefined;
  /** Ends an invocation earlier than the function's own time-out. Milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Default: `AWS_LAMBDA_LOG_LEVEL`, then `LOG_LEVEL`, then `info`. */
  readonly logLevel?: LogLevel | undefined;
}

const names = { acceptForeign: true, timeoutMs: true, logLevel: true } satisfies OptionNames<InvokeOptions>;

/** What Lambda calls. */
export interface InvokeHandler {
  /** Without a context, as in a unit test, the id is `local` and there is no deadline. */
  (payload: unknown, context?: LambdaContext): Promise<unknown>;
  /** For entries that serve several functions: whether this one takes an event. */
  readonly "~takes": (event: unknown) => boolean;
}

/**
 * Makes a Lambda handler of an invoke function, for direct calls, Step Functions and the triggers that want an answer of their own shape:
 * Cognito, authorizers, Firehose and so on. The payload is as it came, and the result goes back as it is. What the function throws goes
 * to the caller, `name` included: Step Functions match it as the `errorType`.
 *
 * @example
 * export const handler = invoke(quote);
 * @throws {HandlerError} CONFIG_INVALID when it is not an invoke function or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-sync.html
 */
export function invoke(fn: AnyInvokeFunction, options: InvokeOptions = {}): InvokeHandler {
  checkNames(options, names);
  checkKind("invoke", fn);
  checkMessageOptions(options);
  const { acceptForeign = false, timeoutMs = Number.POSITIVE_INFINITY, logLevel } = options;
  const watchdog = new Watchdog();
  const takes = (event: unknown) => acceptForeign || !isForeign(event);
  let facts: FunctionFacts | undefined;
  const handler = async (payload: unknown, given?: LambdaContext): Promise<unknown> => {
    const lambda = completeContext(given);
    if (!takes(payload)) throw refuse(payload);
    facts ??= readFacts(lambda, logLevel);
    const deadlineMs = Date.now() + Math.min(timeoutMs, lambda.getRemainingTimeInMillis());
    const context = new AwsContext({ event: payload, context: lambda }, facts, takeColdStart(), deadlineMs);
    const deadline = new Deadline(context, watchdog);
    try {
      const result = await (fn as InvokeFunction)(toInvocation(payload, lambda), context);
      const work = context["~settle"]();
      if (work) await inTime(() => work, context);
      return checkResult(result);
    } catch (error) {
      // Work that was passed to waitUntil is not to run on in a frozen process, or in the next invocation.
      const work = context["~settle"]();
      if (work) await Promise.resolve(inTime(() => work, context)).catch(() => undefined);
      // The runtime cannot report what is no value at all.
      throw error ?? toError(error);
    } finally {
      deadline.end();
    }
  };
  return Object.assign(handler, { "~takes": takes });
}

function toInvocation(payload: unknown, { awsRequestId: id, invokedFunctionArn: source }: LambdaContext): Invocation {
  return plainEvent({
    kind: "invoke",
    id,
    source,
    time: new Date(),
    native: payload,
    payload,
    json: async () => payload,
  });
}

/** @throws {HandlerError} REPLY_INVALID when it is no JSON: the runtime would drop it, or fail with an error of its own. */
function checkResult(result: unknown): unknown {
  if (result === undefined) return undefined;
  try {
    if (JSON.stringify(result) !== undefined) return result;
  } catch (cause) {
    throw new HandlerError("REPLY_INVALID", "The result of the function cannot be written as JSON.", { cause });
  }
  throw new HandlerError("REPLY_INVALID", `The function returned ${describe(result)}, which is no JSON.`);
}

function refuse(event: unknown): HandlerError {
  return new HandlerError("EVENT_UNSUPPORTED", `A direct call was expected, and this is: ${nameOf(event)}.`, {
    hint: "Give the trigger a function of its own kind. Where callers, such as a state machine, do send such a payload, pass `acceptForeign: true`.",
  });
}
