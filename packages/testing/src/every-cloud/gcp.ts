import type { AnyFunction, NeutralEvent, Sink, Trigger } from "@portico/core";
import type * as adapter from "@portico/gcp";
import type * as encoders from "@portico/gcp/wrap";
import { readAnswer } from "./call-answer.js";
import { load } from "./load.js";
import { type Deployment, encoderName, type OptionsAt } from "./run.js";

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
  const settings = answers ? options : { ...declared, redelivery: true, sink, ...options };
  // The framework keeps its functions by name, for the whole process.
  deployed += 1;
  const name = `every-cloud-${deployed}`;
  // Each export of the adapter takes functions of its kind, and each encoder events of it: the trigger says which.
  const deploy = gcp[kind as "queue"] as (name: string, fn: unknown, options: object) => unknown;
  deploy(name, fn, settings);
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
