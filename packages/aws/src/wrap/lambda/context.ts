import type { Context, Trace } from "@portico/core";
import type { OptionNames } from "@portico/core/adapter";
import type { LambdaContext } from "../../context.js";
import { defaultAccount, defaultRegion } from "../origin.js";

/** What the function is called at home, for the context that its handler gets. */
export interface HomeFunction {
  /** Default: the name of the function where it runs now. */
  readonly name?: string | undefined;
  /** Default: `$LATEST`. */
  readonly version?: string | undefined;
  /** Default: the `region` of the options, then the region where it runs now, then `us-east-1`. */
  readonly region?: string | undefined;
  /** Default: the `accountId` of the options, then `123456789012`. */
  readonly accountId?: string | undefined;
  /** Mebibytes. Default: 128. */
  readonly memoryMb?: number | undefined;
  /** The function's time-out; when it is over, the handler is given up, as it would be killed at home. Milliseconds; default 15 minutes. */
  readonly timeoutMs?: number | undefined;
  /** Default: `/aws/lambda/` and the name. */
  readonly logGroup?: string | undefined;
  /** Default: made of the version and the id of the invocation. */
  readonly logStream?: string | undefined;
}

/** How a handler is called. */
export interface CallOptions {
  /** What the function is called at home. */
  readonly function?: HomeFunction | undefined;
  /** The region of ARNs that have to be made. Default: `us-east-1`. */
  readonly region?: string | undefined;
  /** The account of ARNs that have to be made. Default: `123456789012`. */
  readonly accountId?: string | undefined;
  /**
   * Whether the trace is told as X-Ray's: `true` in `context.xRayTraceId`, `"environment"` in the variable `_X_AMZN_TRACE_ID` too, which is
   * the whole process's, so that only one invocation may run at a time. Default: false.
   */
  readonly xRay?: boolean | "environment" | undefined;
  /**
   * Whether an invocation waits until the one before it has ended, as in a process of Lambda, so that a handler may keep its state in
   * variables of its module. Default: true; false for HTTP, where one slow client would hold up all the others.
   */
  readonly oneAtATime?: boolean | undefined;
  /** What `context.clientContext` is. Default: undefined. */
  readonly clientContext?: object | undefined;
  /**
   * Whether the handler answers by its callback or by `context.succeed`, `fail` and `done`, though it returns no promise and declares fewer
   * than two parameters, as a wrapper with `arguments` does. Default: false.
   */
  readonly callback?: boolean | undefined;
}

/** The names of the options by which a handler is called. */
export const callNames = {
  function: true,
  region: true,
  accountId: true,
  xRay: true,
  oneAtATime: true,
  clientContext: true,
  callback: true,
} as const satisfies OptionNames<CallOptions>;

/** The context of the Node runtime, with what runtimes before Node 24 had. */
export interface NativeContext extends LambdaContext {
  /** Has no effect: the reply is sent when there is one. */
  callbackWaitsForEmptyEventLoop: boolean;
  readonly identity: undefined;
  readonly clientContext: object | undefined;
  done(error?: unknown, result?: unknown): void;
  fail(error: unknown): void;
  succeed(result?: unknown): void;
}

/** The longest that a Lambda function may run. */
const longestMs = 900_000;

/** A complete native context; `settle` is what its old callbacks lead to. */
export function toNativeContext(
  context: Context,
  options: CallOptions,
  settle: (error: unknown, result: unknown) => void,
): NativeContext {
  const {
    name = context.functionName,
    version = "$LATEST",
    region = options.region ?? context.region ?? defaultRegion,
    accountId = options.accountId ?? defaultAccount,
    memoryMb = 128,
    logGroup = `/aws/lambda/${name}`,
    logStream = `[${version}]${context.id}`,
  } = options.function ?? {};
  const endMs = Date.now() + remainingMs(context, options);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: version,
    invokedFunctionArn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
    memoryLimitInMB: String(memoryMb),
    awsRequestId: context.id,
    logGroupName: logGroup,
    logStreamName: logStream,
    identity: undefined,
    clientContext: options.clientContext,
    ...(options.xRay && { xRayTraceId: toXRay(context.trace) }),
    getRemainingTimeInMillis: () => endMs - Date.now(),
    done: settle,
    fail: (error) => settle(error ?? new Error("The handler failed."), undefined),
    succeed: (result) => settle(undefined, result),
  };
}

/** Whole milliseconds, never infinite. */
export function remainingMs(context: Context, { function: home }: CallOptions): number {
  return Math.floor(Math.min(context.remainingMs(), home?.timeoutMs ?? longestMs, longestMs));
}

/** A W3C trace as X-Ray writes it. @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
export function toXRay({ traceId, spanId, sampled }: Trace): string {
  return `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=${sampled ? 1 : 0}`;
}
