import {
  type AnyFunction,
  type ChangeEvent,
  type CloudEvent,
  HandlerError,
  type HttpRequest,
  type HttpTrigger,
  type Invocation,
  type NeutralEvent,
  type ObjectEvent,
  type QueueMessage,
  type ScheduleEvent,
  type Sink,
  type StreamRecord,
  type TopicMessage,
  type Trigger,
} from "@portico/core";
import { describe } from "@portico/core/adapter";
import { fillPath } from "../native/path.js";
import { recordingSink } from "../recording-sink.js";
import { type AwsDeployOptions, deployToAws } from "./aws.js";
import { type AzureDeployOptions, deployToAzure } from "./azure.js";
import { httpDifferences, invokeDifferences, messageDifferences } from "./differences.js";
import { deployToGcp, type GcpDeployOptions } from "./gcp.js";
import { type Observation, observe } from "./observe.js";
import type { Cloud, EveryCloud, HttpResult, InvokeResult, MessageResult } from "./result.js";
import { type Deploy, type Deployment, run } from "./run.js";

export type { AwsDeployOptions } from "./aws.js";
export type { AzureDeployOptions } from "./azure.js";
export type { GcpDeployOptions } from "./gcp.js";
export type { Cloud, CloudResult, EveryCloud, Fate, HttpResult, InvokeResult, MessageResult } from "./result.js";

/** The event of each kind. */
export interface KindEvents {
  readonly http: HttpRequest<object>;
  readonly queue: QueueMessage;
  readonly topic: TopicMessage;
  readonly stream: StreamRecord;
  readonly object: ObjectEvent;
  readonly change: ChangeEvent;
  readonly schedule: ScheduleEvent;
  readonly event: CloudEvent;
  readonly invoke: Invocation;
}

/** What a cloud makes of an event of each kind. */
export type KindResult<K extends keyof KindEvents> = K extends "http"
  ? HttpResult
  : K extends "invoke"
    ? InvokeResult
    : MessageResult<KindEvents[K]>;

/** How a function is deployed to each cloud. */
export interface EveryCloudOptions<K extends keyof KindEvents> {
  /** What the AWS adapter takes, and its encoder; `source`, or `format` for HTTP, chooses another one than the commonest. */
  readonly aws?: AwsDeployOptions[K] | undefined;
  /** What the Azure adapter takes; the name of a source chooses it, as in `{ storageQueue: {} }`. */
  readonly azure?: AzureDeployOptions[K] | undefined;
  /** What the Google adapter takes, and its encoder. */
  readonly gcp?: GcpDeployOptions[K] | undefined;
  /**
   * Takes what can never be done, on every cloud; for messages. False for none, which some sources refuse. Default: one that takes
   * everything.
   */
  readonly sink?: Sink<KindEvents[K]> | false | undefined;
}

/** A function, on every cloud. */
export interface OnEveryCloud<E, R> {
  /**
   * Delivers an event to the function on each cloud, in that cloud's own form, and tells what each platform would see. One event at a time:
   * a further one waits for it.
   *
   * @throws {HandlerError} CONFIG_INVALID when a package is not installed, a cloud cannot run the function as the options say, or the event
   *   is of another kind.
   */
  send(event: E): Promise<EveryCloud<R>>;
}

const deploys: Readonly<Record<Cloud, Deploy>> = { aws: deployToAws, azure: deployToAzure, gcp: deployToGcp };
const clouds = Object.keys(deploys) as readonly Cloud[];

/**
 * Runs a function through each cloud's adapter, in this process: no server listens. The adapters are real, and so are `@azure/functions` and
 * the functions framework; what the clouds deliver is made by the encoders of `@portico/<cloud>/wrap`.
 *
 * @example
 * const { aws, azure, gcp, differences } = await onEveryCloud(fulfil).send(fake.queue({ json: { sku: "a", quantity: 1 } }));
 * expect(aws.fate).toBe("acknowledged");
 * expect(differences).toEqual([]);
 * @throws {HandlerError} CONFIG_INVALID when it is not a portable function.
 */
export function onEveryCloud<K extends keyof KindEvents>(
  fn: AnyFunction<Trigger<K>>,
  options: EveryCloudOptions<K> = {},
): OnEveryCloud<KindEvents[K], KindResult<K>> {
  const trigger: Trigger<K> | undefined = typeof fn === "function" ? fn.trigger : undefined;
  if (!trigger) {
    throw new HandlerError("CONFIG_INVALID", `A portable function was expected, and this is ${describe(fn)}.`, {
      hint: "Give it what queue(name).handle(...), http.get(path).handle(...) and the like return.",
    });
  }
  let observation: Observation = { logs: [] };
  const observed = observe(fn, () => observation);
  const sink = noted(options.sink ?? recordingSink(), () => observation);
  let deployed: Promise<readonly Deployment[]> | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const deliver = async (event: NeutralEvent): Promise<EveryCloud<KindResult<K>>> => {
    checkKind(trigger.kind, event);
    deployed ??= Promise.all(clouds.map((cloud) => deploys[cloud](observed, options[cloud] ?? {}, sink)));
    const deployments = await deployed;
    const sent = event.kind === "http" ? toRouted(trigger as Trigger as HttpTrigger, event as HttpRequest) : event;
    const results: (MessageResult | HttpResult | InvokeResult)[] = [];
    for (const [index, cloud] of clouds.entries()) {
      observation = { logs: [] };
      results.push(await run(cloud, deployments[index] as Deployment, sent, observation));
    }
    const [aws, azure, gcp] = results;
    // The kind of the event is that of the function, and of what each cloud makes of it.
    return { aws, azure, gcp, differences: toDifferences(event, results) } as EveryCloud<unknown> as EveryCloud<
      KindResult<K>
    >;
  };

  return {
    send: (event) => {
      const result = turn.then(() => deliver(event as NeutralEvent));
      turn = result.catch(() => undefined);
      return result;
    },
  };
}

/** A router knows its functions' paths; of one function a request may have the parameters alone. */
function toRouted({ path, routes }: HttpTrigger, request: HttpRequest): HttpRequest {
  return routes ? request : fillPath(path, request);
}

function noted(sink: Sink<never> | false, current: () => Observation): Sink | undefined {
  if (sink === false) return undefined;
  return async (message, reason, context) => {
    await (sink as Sink)(message, reason, context);
    current().setAside = reason;
  };
}

function checkKind(kind: string, event: NeutralEvent | undefined): void {
  if (event?.kind === kind) return;
  throw new HandlerError(
    "CONFIG_INVALID",
    `An event of kind ${kind} was expected, and this is ${event?.kind ?? describe(event)}.`,
    {
      hint: `Make it with fake.${kind}(...).`,
    },
  );
}

function toDifferences({ kind }: NeutralEvent, results: readonly unknown[]): string[] {
  if (kind === "http") return httpDifferences(results as readonly HttpResult[]);
  if (kind === "invoke") return invokeDifferences(results as readonly InvokeResult[]);
  return messageDifferences(results as readonly MessageResult[]);
}
