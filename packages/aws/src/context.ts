import type { Context, Logger, LogLevel, Trace } from "@portico/core";
import {
  createLogger,
  errorFields,
  InvocationContext,
  newTrace,
  parseTraceparent,
  toFlatEntry,
  toLogLevel,
} from "@portico/core/adapter";

/**
 * The context object of the Node runtime, as far as all versions have it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export interface LambdaContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  /** A number of mebibytes, as text. */
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Negative once the time is up. */
  getRemainingTimeInMillis(): number;
  /** Runtimes for Node 24 and later. */
  readonly xRayTraceId?: string | undefined;
  /** In tenant isolation mode. */
  readonly tenantId?: string | undefined;
}

const local: LambdaContext = {
  awsRequestId: "local",
  functionName: "local",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:local:000000000000:function:local",
  memoryLimitInMB: "128",
  logGroupName: "/aws/lambda/local",
  logStreamName: "local",
  getRemainingTimeInMillis: () => Number.POSITIVE_INFINITY,
};

/** A context with all that the runtime's own has: a unit test may call a handler with a part of one, or with none. Then there is no deadline. */
export function completeContext(given: Partial<LambdaContext> | null | undefined): LambdaContext {
  // Lambda's own is handed on as it came.
  return given?.getRemainingTimeInMillis && given.awsRequestId ? (given as LambdaContext) : { ...local, ...given };
}

/** The native event and context of an invocation, untouched. */
export interface Native<E = unknown> {
  readonly event: E;
  readonly context: LambdaContext;
}

/**
 * The untouched event and context of an invocation, undefined when it does not run on Lambda; the type of the event is the caller's to say.
 *
 * @example
 * const event = native<APIGatewayProxyEventV2>(context)?.event;
 */
export function native<E = unknown>({ platform, native: given }: Context): Native<E> | undefined {
  return platform === "aws" ? (given as Native<E>) : undefined;
}

/** What is the same for all invocations of one function; read once. */
export interface FunctionFacts {
  readonly region: string | undefined;
  /** A level, or a text that the environment has for one. */
  readonly level: string | undefined;
}

export function readFacts(lambda: LambdaContext, logLevel: LogLevel | undefined): FunctionFacts {
  const { AWS_REGION, AWS_LAMBDA_LOG_LEVEL, LOG_LEVEL } = process.env;
  return {
    region: AWS_REGION || lambda.invokedFunctionArn?.split(":")[3],
    level: logLevel ?? toLogLevel(AWS_LAMBDA_LOG_LEVEL) ?? LOG_LEVEL,
  };
}

/** The context of one invocation on Lambda. */
export class AwsContext extends InvocationContext {
  private readonly "~facts": FunctionFacts;
  private readonly "~request": { header(name: string): string | undefined } | undefined;

  /** `request` is the one that started the invocation, where there is one. */
  constructor(
    native: Native,
    facts: FunctionFacts,
    coldStart: boolean,
    deadlineMs: number | undefined,
    request?: { header(name: string): string | undefined },
  ) {
    const { awsRequestId, functionName } = native.context;
    super({ id: awsRequestId, functionName, platform: "aws", region: facts.region, deadlineMs, coldStart, native });
    // The runtime is asked when somebody wants to know.
    if (deadlineMs === undefined) this["~endMs"] = undefined;
    this["~facts"] = facts;
    this["~request"] = request;
  }

  override get native(): Native {
    return super.native as Native;
  }

  protected override "~readDeadline"(): number {
    return Date.now() + this.native.context.getRemainingTimeInMillis();
  }

  protected override "~readTrace"(): Trace | undefined {
    const request = this["~request"];
    const { context } = this.native;
    return (
      parseTraceparent(request?.header("traceparent"), request?.header("tracestate")) ??
      parseXRay(
        context.xRayTraceId ||
          (globalThis as RuntimeGlobals).awslambda?.InvokeStore?.getXRayTraceId?.() ||
          // One at a time only: several concurrent invocations would share it, so the runtime leaves it unset then.
          process.env._X_AMZN_TRACE_ID,
      )
    );
  }

  protected override "~createLog"(): Logger {
    const { awsRequestId: requestId, functionName, tenantId } = this.native.context;
    return createLogger({
      level: this["~facts"].level,
      // The names of Lambda's own JSON log format, which CloudWatch and the runtime's filters read.
      format: ({ level, message, time, fields: { error, ...fields } }) => {
        const entry = {
          timestamp: time.toISOString(),
          level: level.toUpperCase(),
          requestId,
          tenantId,
          functionName,
          message,
        };
        return toFlatEntry(error === undefined ? entry : { ...entry, ...toErrorEntry(error) }, fields);
      },
      write: (line) => void process.stdout.write(`${line}\n`),
    });
  }
}

interface RuntimeGlobals {
  awslambda?: { InvokeStore?: { getXRayTraceId?(): string | undefined } };
}

const xRay = /(?:^|;)[ \t]*Root=1-([\da-f]{8})-([\da-f]{24})/i;

/**
 * Lambda's trace header, `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`, as a W3C trace.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function parseXRay(header: string | undefined): Trace | undefined {
  const root = xRay.exec(header ?? "");
  if (!root) return undefined;
  const parent = /(?:^|;)[ \t]*Parent=([\da-f]{16})/i.exec(header ?? "")?.[1];
  const flags = /(?:^|;)[ \t]*Sampled=1/i.test(header ?? "") ? "01" : "00";
  const trace = `00-${root[1]}${root[2]}-${parent ?? newTrace().spanId}-${flags}`;
  return parseTraceparent(trace.toLowerCase());
}

function toErrorEntry(error: unknown): Record<string, unknown> {
  const given = error instanceof Error ? errorFields(error) : (error as Record<string, unknown>);
  if (typeof given !== "object" || given === null || typeof given.message !== "string") return { error };
  const { name, message, stack, ...rest } = given;
  return {
    errorType: name,
    errorMessage: message,
    stackTrace: typeof stack === "string" ? stack.split("\n") : stack,
    ...(Object.keys(rest).length > 0 && { error: rest }),
  };
}
