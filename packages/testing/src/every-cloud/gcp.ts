import type { AnyFunction, NeutralEvent, Sink, Trigger } from "@portico/core";
import type * as adapter from "@portico/gcp";
import type * as encoders from "@portico/gcp/wrap";
import { readAnswer } from "./call-answer.js";
import { sendInMemory } from "./in-memory.js";
import { load } from "./load.js";
import type { Deployment } from "./run.js";

type Adapter<K extends keyof typeof adapter> = (typeof adapter)[K] extends (...given: infer P) => unknown
  ? NonNullable<P[2]>
  : never;
type Encoder<E> = E extends (...given: infer P) => unknown ? Partial<NonNullable<P[1]>> : never;

/** What may be said of the deployment to Google Cloud, by kind: the options of the adapter, and of the encoder. */
export interface GcpDeployOptions {
  readonly http: Adapter<"http"> & Encoder<typeof encoders.encodeHttp>;
  readonly queue: Omit<Adapter<"queue">, "sink"> & Encoder<typeof encoders.encodeQueue>;
  readonly topic: Omit<Adapter<"topic">, "sink"> & Encoder<typeof encoders.encodeTopic>;
  readonly stream: Omit<Adapter<"stream">, "sink"> & Encoder<typeof encoders.encodeStream>;
  readonly object: Omit<Adapter<"object">, "sink"> & Encoder<typeof encoders.encodeObject>;
  readonly change: Omit<Adapter<"change">, "sink"> & Encoder<typeof encoders.encodeChange>;
  readonly schedule: Omit<Adapter<"schedule">, "sink"> & Encoder<typeof encoders.encodeSchedule>;
  readonly event: Omit<Adapter<"event">, "sink"> & Encoder<typeof encoders.encodeEvent>;
  readonly invoke: Adapter<"invoke"> & Encoder<typeof encoders.encodeInvoke>;
}

let deployed = 0;

/** Deploys a function to the functions framework, within this process. */
export async function deployToGcp(
  fn: AnyFunction<Trigger>,
  options: object,
  sink: Sink | undefined,
): Promise<Deployment> {
  const framework = "@google-cloud/functions-framework";
  const { getTestServer } = await load(framework, () => import("@google-cloud/functions-framework/testing"));
  const gcp = await load("@portico/gcp", () => import("@portico/gcp"));
  const wrap = await load("@portico/gcp", () => import("@portico/gcp/wrap"));
  const { kind, ...declared } = fn.trigger;
  const answers = kind === "http" || kind === "invoke";
  const settings = answers ? options : { ...declared, redelivery: true, sink, ...options };
  // The framework keeps its functions by name, for the whole process.
  deployed += 1;
  const name = `every-cloud-${deployed}`;
  // Each export of the adapter takes functions of its kind, and each encoder events of it: the trigger says which.
  const deploy = gcp[kind as "queue"] as (name: string, fn: unknown, options: object) => unknown;
  deploy(name, fn, settings);
  const server = getTestServer(name);
  const encode = encoderOf(wrap, kind);
  const { redelivery } = settings as { readonly redelivery?: boolean };
  return {
    async deliver(event) {
      const nativeEvent = await encode(event, settings);
      const nativeResult = await sendInMemory(server, nativeEvent);
      if (kind === "http") return { nativeEvent, nativeResult, reply: nativeResult };
      if (kind === "invoke") return { nativeEvent, nativeResult, ...(await readAnswer(nativeResult)) };
      const acknowledged = nativeResult.status >= 200 && nativeResult.status < 300;
      return { nativeEvent, nativeResult, acknowledged, comesAgain: redelivery === true };
    },
  };
}

type Encode = (event: NeutralEvent, options: object) => Promise<encoders.GoogleRequest>;

function encoderOf(wrap: typeof encoders, kind: string): Encode {
  const name = `encode${kind.charAt(0).toUpperCase()}${kind.slice(1)}` as "encodeQueue";
  return wrap[name] as unknown as Encode;
}
