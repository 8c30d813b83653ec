import type * as adapter from "@portico/aws";
import type * as encoders from "@portico/aws/wrap";
import type { AnyFunction, HttpRequest, Sink, Trigger } from "@portico/core";
import { context } from "../aws/context.js";
import { load } from "./load.js";
import { type Deployment, type EncoderNames, encoderName, type OptionsAt, type Seen, toAdapterOptions } from "./run.js";

type Wrap = typeof encoders;
type Adapter<K extends keyof typeof adapter> = OptionsAt<1, (typeof adapter)[K]>;

/** What may be said of the deployment to AWS, by kind: the options of the adapter, and of the encoder. */
export interface AwsDeployOptions {
  readonly http: Omit<Adapter<"http">, "stream"> & OptionsAt<1, Wrap["encodeHttp"]>;
  readonly queue: Omit<Adapter<"queue">, "sink"> & OptionsAt<1, Wrap["encodeQueue"]>;
  readonly topic: Omit<Adapter<"topic">, "sink"> & OptionsAt<1, Wrap["encodeTopic"]>;
  readonly stream: Omit<Adapter<"stream">, "sink"> & OptionsAt<1, Wrap["encodeStream"]>;
  readonly object: Omit<Adapter<"object">, "sink"> & OptionsAt<1, Wrap["encodeObject"]>;
  readonly change: Omit<Adapter<"change">, "sink"> & OptionsAt<1, Wrap["encodeChange"]>;
  readonly schedule: Omit<Adapter<"schedule">, "sink"> & OptionsAt<1, Wrap["encodeSchedule"]>;
  readonly event: Omit<Adapter<"event">, "sink"> & OptionsAt<1, Wrap["encodeEvent"]>;
  readonly invoke: Adapter<"invoke">;
}

type Encoder<F> = OptionsAt<1, F>;
type Names<K extends keyof AwsDeployOptions & keyof typeof adapter, F> = EncoderNames<Encoder<F>, Adapter<K>>;

const origin = { region: true, accountId: true } as const;

/** By kind, the options that the encoder alone takes. */
const encoderNames: Readonly<Record<string, object>> = {
  http: {
    ...origin,
    format: true,
    stage: true,
    lossy: true,
    template: true,
    routeMethod: true,
    now: true,
  } satisfies Names<"http", Wrap["encodeHttp"]>,
  queue: { ...origin, queue: true, source: true } satisfies Names<"queue", Wrap["encodeQueue"]>,
  topic: { ...origin, topic: true } satisfies Names<"topic", Wrap["encodeTopic"]>,
  stream: { ...origin, stream: true, source: true, partition: true, bootstrapServers: true } satisfies Names<
    "stream",
    Wrap["encodeStream"]
  >,
  object: { ...origin, source: true } satisfies Names<"object", Wrap["encodeObject"]>,
  change: { ...origin, source: true, database: true, keys: true, upsertAs: true } satisfies Names<
    "change",
    Wrap["encodeChange"]
  >,
  schedule: { ...origin, source: true, name: true } satisfies Names<"schedule", Wrap["encodeSchedule"]>,
  event: { ...origin, source: true } satisfies Names<"event", Wrap["encodeEvent"]>,
};

/** Kinds whose events come in batches, by a mapping that may take a list of failures. */
const batched = ["queue", "stream", "change"];

/** A native event as Lambda hands it over: JSON that was parsed. */
const delivered = (event: unknown): unknown => JSON.parse(JSON.stringify(event));

/** Deploys a function to Lambda, within this process. */
export async function deployToAws(
  fn: AnyFunction<Trigger>,
  options: object,
  sink: Sink | undefined,
): Promise<Deployment> {
  const aws = await load("@portico/aws", () => import("@portico/aws"));
  const wrap = await load("@portico/aws", () => import("@portico/aws/wrap"));
  const { kind, ...declared } = fn.trigger;
  // Each export of the adapter takes functions of its kind, and each encoder events of it: the trigger says which.
  const own = toAdapterOptions(options, encoderNames[kind]);
  if (kind === "http") return deployHttp(aws.http(fn as never, own), wrap, options, fn.trigger as never);
  const mapping = batched.includes(kind) && { batchItemFailures: true };
  const settings = { ...declared, ...mapping, ...options };
  const deploy = aws[kind as "queue"] as (fn: unknown, options: object) => Handler;
  const handler = deploy(fn, { ...mapping, ...own, ...(kind !== "invoke" && { sink }) });
  const encode = encoderOf(wrap, kind);
  return {
    async deliver(event) {
      const nativeEvent = await encode(event, settings);
      // A call has no id but that of the request.
      const native = context({ functionName: "every-cloud", ...(kind === "invoke" && { awsRequestId: event.id }) });
      try {
        const nativeResult = await handler(delivered(nativeEvent), native);
        if (kind === "invoke") return { nativeEvent, nativeResult, answer: delivered(nativeResult ?? null) };
        return { nativeEvent, nativeResult, acknowledged: !reportsFailure(nativeResult), comesAgain: true };
      } catch (error) {
        return { nativeEvent, error, acknowledged: false, comesAgain: true };
      }
    },
  };
}

type Handler = (event: unknown, context: object) => Promise<unknown>;
type Encode = (given: unknown, options: object) => Promise<unknown>;

/** What encodes one event of a kind. */
function encoderOf(wrap: Wrap, kind: string): Encode {
  const encode = wrap[encoderName(kind)] as unknown as Encode;
  return batched.includes(kind) ? (event, options) => encode([event], options) : encode;
}

function reportsFailure(result: unknown): boolean {
  const failures = (result as { batchItemFailures?: readonly unknown[] } | null | undefined)?.batchItemFailures;
  return failures !== undefined && failures !== null && failures.length > 0;
}

function deployHttp(handler: unknown, wrap: Wrap, options: object, { path }: { readonly path: string }): Deployment {
  const { format = "http-2.0", ...settings } = options as { readonly format?: encoders.HttpFormat };
  // The path that takes everything is the route that has none.
  const template = /^\/\*\w*$/.test(path) ? undefined : path;
  return {
    async deliver(event): Promise<Seen> {
      const nativeEvent = await wrap.encodeHttp(event as HttpRequest, { template, ...settings, format });
      const nativeResult = await (handler as Handler)(delivered(nativeEvent), context({ functionName: "every-cloud" }));
      return { nativeEvent, nativeResult, reply: wrap.decodeHttpResult(nativeResult, format) };
    },
  };
}
