import type { AnyFunction, NeutralEvent, Sink, Trigger } from "@portico/core";
import type * as adapter from "@portico/gcp";
import type * as encoders from "@portico/gcp/wrap";
import { readAnswer } from "./call-answer.js";
import { load } from "./load.js";
import { type Deployment, type EncoderNames, encoderName, type OptionsAt, toAdapterOptions } from "./run.js";

type Wrap = typeof encoders;
type Adapter<K extends keyof typeof adapter> = OptionsAt<2, (typeof adapter)[K]>;

/** What may be said of the deployment to Google Cloud, by kind: the options of the adapter, and of the encoder. */
export interface GcpDeployOptions {
  readonly http: Adapter<"http">;
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
type Names<K extends keyof GcpDeployOptions & keyof typeof adapter, F> = EncoderNames<Encoder<F>, Adapter<K>>;

const native = { signature: true } as const;
const inTopic = { ...native, topic: true, subscription: true } as const;

/** By kind, the options that the encoder alone takes. */
const encoderNames: Readonly<Record<string, object>> = {
  queue: { ...inTopic, queue: true } satisfies Names<"queue", Wrap["encodeQueue"]>,
  topic: inTopic satisfies Names<"topic", Wrap["encodeTopic"]>,
  stream: { ...inTopic, stream: true } satisfies Names<"stream", Wrap["encodeStream"]>,
  object: { ...inTopic, generation: true } satisfies Names<"object", Wrap["encodeObject"]>,
  change: {
    ...native,
    from: true,
    keys: true,
    upsertAs: true,
    written: true,
    pattern: true,
    authContext: true,
    encoding: true,
    database: true,
    instance: true,
    location: true,
  } satisfies Names<"change", Wrap["encodeChange"]>,
  schedule: { ...inTopic, job: true, path: true, contentType: true } satisfies Names<
    "schedule",
    Wrap["encodeSchedule"]
  >,
  event: { ...inTopic, mode: true } satisfies Names<"event", Wrap["encodeEvent"]>,
};

type Encode = (event: NeutralEvent, options: object) => Promise<encoders.GoogleRequest>;

let deployed = 0;

/** Deploys a function to the functions framework, within this process. */
export async function deployToGcp(
  fn: AnyFunction<Trigger>,
  options: object,
  sink: Sink | undefined,
): Promise<Deployment> {
  const { send } = await load("@google-cloud/functions-framework", () => import("../gcp/send.js"));
  const gcp = await load("@portico/gcp", () => import("@portico/gcp"));
  const wrap = await load("@portico/gcp", () => import("@portico/gcp/wrap"));
  const { kind, ...declared } = fn.trigger;
  const answers = kind === "http" || kind === "invoke";
  const delivery = answers ? {} : { redelivery: true, sink };
  const settings = answers ? options : { ...declared, ...delivery, ...options };
  // The framework keeps its functions by name, for the whole process.
  deployed += 1;
  const name = `every-cloud-${deployed}`;
  // Each export of the adapter takes functions of its kind, and each encoder events of it: the trigger says which.
  const deploy = gcp[kind as "queue"] as (name: string, fn: unknown, options: object) => unknown;
  deploy(name, fn, { ...delivery, ...toAdapterOptions(options, encoderNames[kind]) });
  const encode = wrap[encoderName(kind)] as unknown as Encode;
  const { redelivery } = settings as { readonly redelivery?: boolean };
  return {
    async deliver(event) {
      const nativeEvent = await encode(event, settings);
      const nativeResult = await send(name, nativeEvent);
      if (kind === "http") return { nativeEvent, nativeResult, reply: nativeResult };
      if (kind === "invoke") return { nativeEvent, nativeResult, ...(await readAnswer(nativeResult)) };
      const acknowledged = nativeResult.status >= 200 && nativeResult.status < 300;
      return { nativeEvent, nativeResult, acknowledged, comesAgain: redelivery === true };
    },
  };
}
