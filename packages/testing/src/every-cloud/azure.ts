import type * as adapter from "@portico/azure";
import type * as encoders from "@portico/azure/wrap";
import type { AnyFunction, HttpRequest, Invocation, NeutralEvent, ScheduleTrigger, Sink, Trigger } from "@portico/core";
import { commonest, withSource } from "../azure/commonest.js";
import { readAnswer } from "./call-answer.js";
import { load } from "./load.js";
import { type Deployment, type EncoderNames, encoderName, type OptionsAt, type Seen, toAdapterOptions } from "./run.js";

type Wrap = typeof encoders;
type Adapter<K extends keyof typeof adapter> = OptionsAt<2, (typeof adapter)[K]>;
type WithoutSink<T> = T extends unknown ? Omit<T, "sink"> : never;
/** What an encoder takes beside the source, which the adapter's options name. */
type Encoder<F> = Omit<OptionsAt<1, F>, keyof encoders.WrapOptions | "when">;

/** What may be said of the deployment to Azure Functions, by kind: the options of the adapter, and of the encoder. */
export interface AzureDeployOptions {
  readonly http: Adapter<"http">;
  readonly queue: WithoutSink<Adapter<"queue">> & Encoder<Wrap["encodeQueue"]>;
  readonly topic: WithoutSink<Adapter<"topic">> & Encoder<Wrap["encodeTopic"]>;
  readonly stream: WithoutSink<Adapter<"stream">> & Encoder<Wrap["encodeStream"]>;
  readonly object: WithoutSink<Adapter<"object">> & Encoder<Wrap["encodeObject"]>;
  readonly change: WithoutSink<Adapter<"change">> & Encoder<Wrap["encodeChange"]>;
  readonly schedule: WithoutSink<Adapter<"schedule">>;
  readonly event: WithoutSink<Adapter<"event">> & Encoder<Wrap["encodeEvent"]>;
  readonly invoke: Adapter<"invoke">;
}

type Names<K extends keyof AzureDeployOptions, F> = EncoderNames<Encoder<F>, Adapter<K>>;

/** By kind, the options that the encoder alone takes. */
const encoderNames: Readonly<Record<string, object>> = {
  queue: { queue: true, namespace: true, extension: true, includesEmptyEntries: true } satisfies Names<
    "queue",
    Wrap["encodeQueue"]
  >,
  topic: {
    topic: true,
    type: true,
    schema: true,
    namespace: true,
    extension: true,
    includesEmptyEntries: true,
  } satisfies Names<"topic", Wrap["encodeTopic"]>,
  stream: { stream: true, namespace: true, includesEmptyEntries: true } satisfies Names<"stream", Wrap["encodeStream"]>,
  object: {
    bucket: true,
    account: true,
    content: true,
    schema: true,
    prefix: true,
    suffix: true,
    actions: true,
  } satisfies Names<"object", Wrap["encodeObject"]>,
  change: { table: true, keys: true, upsertAs: true } satisfies Names<"change", Wrap["encodeChange"]>,
  event: { schema: true, types: true, sources: true } satisfies Names<"event", Wrap["encodeEvent"]>,
};

/** Sources whose payloads come as bytes, as the adapter registers them. */
const carriers = ["storageQueue", "serviceBus", "rabbitMQ", "eventHub", "kafka"];

/** Deploys a function to Azure Functions, within this process. */
export async function deployToAzure(
  fn: AnyFunction<Trigger>,
  options: object,
  sink: Sink | undefined,
): Promise<Deployment> {
  await load("@azure/functions", () => import("@azure/functions"));
  const azure = await load("@portico/azure", () => import("@portico/azure"));
  const wrap = await load("@portico/azure", () => import("@portico/azure/wrap"));
  const { context } = await import("../azure/context.js");
  const { trigger } = fn;
  const { kind } = trigger;
  const settings = toSettings(trigger, options);
  const answers = kind === "http" || kind === "invoke";
  // Each export of the adapter takes functions of its kind, and each encoder events of it: the trigger says which.
  const deploy = azure[kind as "queue"] as unknown as (name: string, fn: unknown, options: object) => Handler;
  const own = toAdapterOptions(settings, encoderNames[kind]);
  const handler = deploy(functionName, fn, answers ? own : { ...own, sink });
  const encoding = toEncoding(trigger, settings);
  if (answers) return toEndpoint(kind, handler, wrap, encoding, context);
  const encode = wrap[encoderName(kind)] as unknown as Encode;
  const comesAgain = kind !== "schedule" || "retry" in ((settings as { readonly timer?: object }).timer ?? {});
  return {
    async deliver(event) {
      const [delivery] = await encode([event], encoding);
      const { input, triggerMetadata, trigger: shown, outcomes } = delivery as encoders.AzureDelivery;
      const nativeEvent = { input, triggerMetadata };
      const native = context({
        functionName,
        ...(shown && { options: { trigger: shown } }),
        ...(triggerMetadata && { triggerMetadata: { ...triggerMetadata } }),
      });
      const ended = await handler(input, native).then(
        (nativeResult) => ({ nativeResult, outcome: outcomes()[0] }),
        (error: unknown) => ({ error, outcome: outcomes({ error })[0] }),
      );
      const { outcome, ...seen } = ended;
      // With settlement Azure itself keeps it aside.
      const setAside = outcome?.outcome === "deadLetter" ? outcome.reason : undefined;
      return { nativeEvent, ...seen, setAside, acknowledged: outcome?.outcome !== "retry", comesAgain };
    },
  };
}

type Context = typeof import("../azure/context.js").context;

/** A function that answers: HTTP, with JSON both ways for calls. */
function toEndpoint(
  kind: string,
  handler: Handler,
  wrap: typeof encoders,
  encoding: object,
  context: Context,
): Deployment {
  return {
    async deliver(event): Promise<Seen> {
      const request =
        kind === "http"
          ? await wrap.encodeHttp(event as HttpRequest, encoding)
          : await wrap.encodeInvoke(event as Invocation, encoding as never);
      // A copy to look at: the function reads the other one's body.
      const nativeEvent = request.clone();
      const nativeResult = await handler(request, context({ functionName }));
      const reply = await wrap.decodeHttpResult(nativeResult);
      return { nativeEvent, nativeResult, ...(kind === "http" ? { reply } : await readAnswer(reply)) };
    },
  };
}

const functionName = "every-cloud";
type Handler = (input: unknown, context: unknown) => Promise<unknown>;
type Encode = (events: readonly NeutralEvent[], options: object) => Promise<readonly encoders.AzureDelivery[]>;

function toSettings(trigger: Trigger, options: object): object {
  const { timeZone = "UTC", actions } = trigger as { readonly timeZone?: string; readonly actions?: readonly string[] };
  switch (trigger.kind) {
    // One time zone for all timers of an app: the one that the function is declared for.
    case "schedule":
      return { timeZone, ...options };
    // The feed of latest versions does not tell of deletions.
    case "change":
      if (!actions?.includes("delete")) return withSource(options, commonest.change);
      return withSource(options, {
        cosmosDB: { ...commonest.change.cosmosDB, changeFeedMode: "AllVersionsAndDeletes" },
      });
    default:
      return withSource(options, commonest[trigger.kind as keyof typeof commonest] ?? {});
  }
}

/** The same settings as the encoder takes them: with what the adapter adds when it registers the function. */
function toEncoding({ kind, ...declared }: Trigger, settings: object): object {
  const own = Object.entries(settings).map(([name, given]: [string, object]) => {
    if (!carriers.includes(name)) return [name, given];
    const { settlement } = settings as { readonly settlement?: unknown };
    const many = name === "eventHub" && { cardinality: "many" };
    const settled = name === "serviceBus" && Boolean(settlement) && { sdkBinding: true, autoCompleteMessages: false };
    return [name, { dataType: "binary", ...given, ...many, ...settled }];
  });
  return { ...declared, ...additions[kind]?.(declared), ...Object.fromEntries(own) };
}

/** What an encoder has to be told that no option of the adapter says. */
const additions: Readonly<Record<string, (declared: Omit<ScheduleTrigger, "kind">) => object>> = {
  schedule: ({ cron, everySeconds }) => ({ when: cron ?? { everySeconds } }),
  // A portable function gets no content.
  object: () => ({ content: async () => new Uint8Array() }),
};
