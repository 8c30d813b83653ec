import type { AnyScheduleFunction, ScheduleEvent } from "@portico/core";
import { checkNames, type LazyMessage, type OptionNames } from "@portico/core/adapter";
import { asyncInvoke } from "./async-invoke.js";
import { isForeign } from "./foreign.js";
import {
  type Cell,
  createMessageHandler,
  type MessageHandler,
  type MessageOptions,
  messageNames,
  type PartialFailure,
  type RetryDelay,
} from "./messages.js";
import { scheduled } from "./schedule/scheduled.js";
import { Tick } from "./schedule/tick.js";
import { toDate } from "./time.js";
import { type Unwrap, unwrap } from "./unwrap.js";

export type { LambdaContext } from "./context.js";
export type { EventBridgeEvent } from "./event/envelope.js";
export type { MessageHandler, MessageOptions, PartialFailure, RetryDelay } from "./messages.js";
export type { SqsRecord } from "./queue/sqs-record.js";
export type { Unwrap } from "./unwrap.js";

/** What the input of a schedule says about its tick. */
export interface ScheduledInput {
  /** The same at each delivery, such as `<aws.scheduler.execution-id>`. Default: the id of the request, which Lambda's retries keep. */
  readonly id?: string | undefined;
  /** RFC 3339, such as `<aws.scheduler.scheduled-time>`. Default: the time of arrival. */
  readonly scheduledTime?: string | undefined;
}

/** How a schedule function runs on Lambda. `batchItemFailures` and `retryDelay` need `unwrap`: they are what SQS can do. */
export interface ScheduleOptions extends MessageOptions<ScheduleEvent>, PartialFailure, RetryDelay {
  /** What the ticks come in. */
  readonly unwrap?: Exclude<Unwrap, "pipes"> | undefined;
  /**
   * Whether the schedule or rule has an input of its own: the event is that JSON alone, and nothing in it tells that it is a schedule's.
   * A function reads from it what it says about the tick. Default: false.
   */
  readonly customInput?: boolean | ((input: unknown) => ScheduledInput) | undefined;
}

function createCustom(read: (input: unknown) => ScheduledInput): Cell<ScheduleEvent> {
  return {
    capabilities: { ...asyncInvoke, kind: "schedule", source: "EventBridge schedule with its own input" },
    matches: (event) => !isForeign(event),
    read: (event, { awsRequestId, invokedFunctionArn }, carrier) => {
      const { id = carrier?.id ?? awsRequestId, scheduledTime } = read(event) ?? {};
      const tick = new Tick(id, carrier?.source ?? invokedFunctionArn, toDate(scheduledTime), event, event);
      return [{ events: [tick], id, native: event }];
    },
  };
}

const names = {
  ...messageNames,
  batchItemFailures: true,
  retryDelay: true,
  unwrap: true,
  customInput: true,
} satisfies OptionNames<ScheduleOptions>;

/**
 * Makes a Lambda handler of a schedule function, for rules of EventBridge and for EventBridge Scheduler. A tick that is not done makes the
 * handler reject: Lambda tries twice more, then gives it to the failure destination or dead-letter queue of the function.
 *
 * @example
 * export const handler = schedule(nightly);
 * @throws {HandlerError} CONFIG_INVALID when it is not a schedule function or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
 */
export function schedule(fn: AnyScheduleFunction, options: ScheduleOptions = {}): MessageHandler {
  checkNames(options, names);
  const { customInput } = options;
  const custom = customInput && createCustom(typeof customInput === "function" ? customInput : () => ({}));
  const cells = custom ? [scheduled, custom] : [scheduled];
  return createMessageHandler("schedule", fn, unwrap(options.unwrap, cells, standIn), options);
}

/** A message that holds no tick. */
function standIn({ id, source, time, native }: LazyMessage<string>): ScheduleEvent {
  return new Tick(id, source, time, null, native);
}
