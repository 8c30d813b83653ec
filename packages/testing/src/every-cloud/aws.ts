import type * as adapter from "@portico/aws";
import type * as encoders from "@portico/aws/wrap";
import type { AnyFunction, HttpRequest, NeutralEvent, Sink, Trigger } from "@portico/core";
import { context } from "../aws/context.js";
import { load } from "./load.js";
import type { Deployment, Seen } from "./run.js";

type Adapter<K extends keyof typeof adapter> = (typeof adapter)[K] extends (...given: infer P) => unknown
  ? NonNullable<P[1]>
  : never;
type Encoder<E> = E extends (...given: infer P) => unknown ? Partial<NonNullable<P[1]>> : never;

/** What may be said of the deployment to AWS, by kind: the options of the adapter, and of the encoder. */
export interface AwsDeployOptions {
  readonly http: Omit<Adapter<"http">, "stream"> & Encoder<typeof encoders.encodeHttp>;
  readonly queue: Omit<Adapter<"queue">, "sink"> & Encoder<typeof encoders.encodeQueue>;
  readonly topic: Omit<Adapter<"topic">, "sink"> & Encoder<typeof encoders.encodeTopic>;
  readonly stream: Omit<Adapter<"stream">, "sink"> & Encoder<typeof encoders.encodeStream>;
  readonly object: Omit<Adapter<"object">, "sink"> & Encoder<typeof encoders.encodeObject>;
  readonly change: Omit<Adapter<"change">, "sink"> & Encoder<typeof encoders.encodeChange>;
  readonly schedule: Omit<Adapter<"schedule">, "sink"> & Encoder<typeof encoders.encodeSchedule>;
  readonly event: Omit<Adapter<"event">, "sink"> & Encoder<typeof encoders.encodeEvent>;
  readonly invoke: Adapter<"invoke"> & Encoder<typeof encoders.encodeInvoke>;
}

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
  if (kind === "http") return deployHttp(aws.http(fn as never, options), wrap, options, fn.trigger as never);
  const reports = kind === "queue" || kind === "stream" || kind === "change";
  const settings = { ...declared, ...(reports && { batchItemFailures: true }), ...options };
  const deploy = aws[kind as "queue"] as (fn: unknown, options: object) => Handler;
  const handler = deploy(fn, { ...settings, sink });
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
type Wrap = typeof encoders;

/** What encodes one event of a kind. */
function encoderOf(wrap: Wrap, kind: string): (event: NeutralEvent, options: object) => Promise<unknown> {
  const name = `encode${kind.charAt(0).toUpperCase()}${kind.slice(1)}` as "encodeQueue";
  const encode = wrap[name] as unknown as (events: unknown, options: object) => Promise<unknown>;
  return (event, options) => encode(kind === "invoke" ? event : [event], options);
}

function reportsFailure(result: unknown): boolean {
  const failures = (result as { batchItemFailures?: readonly unknown[] } | null | undefined)?.batchItemFailures;
  return failures !== undefined && failures !== null && failures.length > 0;
}

function deployHttp(handler: unknown, wrap: Wrap, options: object, { path }: { readonly path: string }): Deployment {
  const { format = "http-2.0", ...settings } = options as { readonly format?: encoders.HttpFormat };
  return {
    async deliver(event): Promise<Seen> {
      const nativeEvent = await wrap.encodeHttp(event as HttpRequest, { template: path, ...settings, format });
      const nativeResult = await (handler as Handler)(delivered(nativeEvent), context({ functionName: "every-cloud" }));
      return { nativeEvent, nativeResult, reply: wrap.decodeHttpResult(nativeResult, format) };
    },
  };
}
