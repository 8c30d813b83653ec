import type { LambdaContext } from "@portico/aws";
import { HandlerError } from "@portico/core";
import type { FakeClock } from "../fake-clock.js";
import { Draw, fakeTime, nextSeed, type Seed } from "../seed.js";

/** What a fake Lambda context is made of; members of the context itself may be given too, and win. */
export interface FakeLambdaInit extends Partial<LambdaContext> {
  /** How long the invocation may take. Milliseconds; default 30000. */
  readonly timeoutMs?: number | undefined;
  /** The clock that the remaining time is measured by. Default: the system's. */
  readonly clock?: FakeClock | undefined;
  /** What the ids are made of. Default: others for each fake. */
  readonly seed?: Seed | undefined;
}

/** A Lambda context with what runtimes before Node 24 had, so that it fits the types of `@types/aws-lambda`. */
export interface FakeLambdaContext extends LambdaContext {
  callbackWaitsForEmptyEventLoop: boolean;
  /** @throws {HandlerError} CONFIG_INVALID always: a test waits for what the handler returns. */
  done(error?: Error, result?: unknown): void;
  /** @throws {HandlerError} CONFIG_INVALID always. */
  fail(error: Error | string): void;
  /** @throws {HandlerError} CONFIG_INVALID always. */
  succeed(result: unknown): void;
}

/**
 * The context that Lambda gives to a handler.
 *
 * @example
 * const result = await handler(await aws.queue([{ json: order }]), aws.context({ functionName: "fulfil" }));
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export function context(init: FakeLambdaInit = {}): FakeLambdaContext {
  const {
    timeoutMs = 30_000,
    clock,
    seed = nextSeed(),
    functionName = "fake",
    functionVersion = "$LATEST",
    ...given
  } = init;
  const draw = new Draw("lambda", seed);
  const nowMs = (): number => clock?.now().getTime() ?? Date.now();
  const endMs = nowMs() + timeoutMs;
  const day = (clock?.now() ?? fakeTime).toISOString().slice(0, 10).replaceAll("-", "/");
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion,
    invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`,
    memoryLimitInMB: "128",
    awsRequestId: draw.uuid(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `${day}/[${functionVersion}]${draw.hex(32)}`,
    getRemainingTimeInMillis: () => endMs - nowMs(),
    done: noCallback,
    fail: noCallback,
    succeed: noCallback,
    ...given,
  };
}

function noCallback(): never {
  throw new HandlerError(
    "CONFIG_INVALID",
    "A fake Lambda context is not answered by: a test awaits what the handler returns.",
    {
      hint: "Run a handler of the callback style through the wrap of @portico/aws, or the host of @portico/testing/hosts.",
    },
  );
}
