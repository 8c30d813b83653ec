import * as aws from "@portico/aws";
import * as lambda from "@portico/aws/wrap";
import * as azure from "@portico/azure";
import * as functions from "@portico/azure/wrap";
import { change, event, every, http, invoke, object, queue, reply, schedule, stream, topic } from "@portico/core";
import * as gcp from "@portico/gcp";
import * as google from "@portico/gcp/wrap";
import { cors } from "@portico/middleware/cors";
import { jwt } from "@portico/middleware/jwt";
import { requestId } from "@portico/middleware/request-id";
import { timeout } from "@portico/middleware/timeout";
import { serve, toNodeListener } from "@portico/node";
import { fromNode } from "@portico/node/wrap";
import { router } from "@portico/router";
import { describe, expect, test } from "vitest";

type Call = (options: never) => unknown;
type ByKind = Readonly<Record<string, (...given: unknown[]) => unknown>>;

/** The entry points of a package, by their kinds. */
const byKind = (entryPoints: object): ByKind => ({ ...entryPoints }) as ByKind;
const adapters = { aws: byKind(aws), azure: byKind(azure), gcp: byKind(gcp) };
const wrappers = { lambda: byKind(lambda), functions: byKind(functions), google: byKind(google) };

const portable = {
  http: http.get("/a").handle(() => reply.empty()),
  queue: queue("orders").handle(() => undefined),
  topic: topic("orders").handle(() => undefined),
  stream: stream("clicks").handle(() => undefined),
  object: object("uploads").handle(() => undefined),
  change: change("orders").handle(() => undefined),
  schedule: schedule(every("5 minutes")).handle(() => undefined),
  event: event().handle(() => undefined),
  invoke: invoke("quote").handle(() => null),
};
const kinds = Object.keys(portable) as (keyof typeof portable)[];
const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 1000 };
const sources: Readonly<Record<string, object>> = {
  queue: { serviceBus: { connection: "Bus" } },
  topic: { serviceBus: { connection: "Bus", subscriptionName: "all" } },
  stream: { eventHub: { connection: "Hub", retry } },
  object: { eventGrid: {} },
  change: { cosmosDB: { connection: "Shop", databaseName: "shop", retry } },
};
const declared: Readonly<Record<string, object>> = {
  http: { path: "/*rest" },
  queue: { queue: "orders" },
  topic: { topic: "orders" },
  stream: { stream: "clicks" },
  object: { bucket: "uploads" },
  change: { table: "orders" },
  schedule: { when: "0 3 * * *" },
  event: {},
  invoke: { name: "quote" },
};
const sink = () => undefined;
const native = () => undefined;

/** Every entry point, with options that it takes. Those that register have names that nothing else uses. */
const entryPoints: [name: string, given: object, call: Call][] = [
  ...kinds.map((kind): [string, object, Call] => [
    `aws.${kind}`,
    kind === "http" || kind === "invoke" ? {} : { sink },
    (options) => adapters.aws[kind]?.(portable[kind], options),
  ]),
  ["aws.any", {}, (options) => aws.any([portable.queue], options)],
  ...kinds.map((kind): [string, object, Call] => [
    `azure.${kind}`,
    kind === "http" || kind === "invoke" ? {} : { ...sources[kind], sink },
    (options) => adapters.azure[kind]?.(`names-${kind}`, portable[kind], options),
  ]),
  ...kinds.map((kind): [string, object, Call] => [
    `gcp.${kind}`,
    kind === "http" || kind === "invoke" ? {} : { sink },
    (options) => adapters.gcp[kind]?.(`names-${kind}`, portable[kind], options),
  ]),
  ...kinds.map((kind): [string, object, Call] => [
    `the wrapper of ${kind} for Lambda`,
    { ...declared[kind], ...(kind === "http" && { payload: "2.0" }) },
    (options) => wrappers.lambda[kind]?.(native, options),
  ]),
  ...kinds.map((kind): [string, object, Call] => [
    `the wrapper of ${kind} for Azure`,
    { ...declared[kind], ...sources[kind] },
    (options) => wrappers.functions[kind]?.(native, options),
  ]),
  ...kinds.map((kind): [string, object, Call] => [
    `the wrapper of ${kind} for Google`,
    declared[kind] as object,
    (options) => wrappers.google[kind]?.(native, options),
  ]),
  ["toNodeListener", {}, (options) => toNodeListener(portable.http, options)],
  ["router", {}, (options) => router([portable.http], options)],
  ["fromNode", {}, (options) => fromNode(native, options)],
  ["cors", { origin: "*" }, (options) => cors(options)],
  [
    "jwt",
    { issuer: "https://id.example.com/", audience: "orders", secret: "0123456789abcdef0123456789abcdef" },
    (options) => jwt(options),
  ],
  ["requestId", {}, (options) => requestId(options)],
  ["timeout", {}, (options) => timeout(1000, options)],
];

const refused = { code: "CONFIG_INVALID", hint: expect.any(String) };

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("It was taken.");
}

describe.each(entryPoints)("%s", (name, given, call) => {
  test("takes its own options", () => {
    call(given as never);
  });

  test("refuses an option that is not known", () => {
    const error = thrownBy(() => call({ ...given, nobodyKnowsThis: 1 } as never));
    expect(error).toMatchObject({ ...refused, message: expect.stringContaining("nobodyKnowsThis") });
  });

  test.each([[null], [3000], ["text"]])("refuses %j for options", (options) => {
    // Which needs no options, and takes null for none.
    if (options === null && name === "the wrapper of event for Azure") return;
    expect(thrownBy(() => call(options as never))).toMatchObject(refused);
  });
});

test.each([
  ["aws.http", () => aws.http(portable.http, { timeout: 3000 } as never)],
  ["azure.http", () => azure.http("near", portable.http, { timeout: 3000 } as never)],
  ["gcp.http", () => gcp.http("near", portable.http, { timeout: 3000 } as never)],
  ["gcp.queue", () => gcp.queue("near", portable.queue, { timeout: 3000 } as never)],
  ["toNodeListener", () => toNodeListener(portable.http, { timeout: 3000 } as never)],
])("%s names the option that is meant", (_name, call) => {
  expect(thrownBy(call)).toMatchObject({ code: "CONFIG_INVALID", hint: "Write timeoutMs." });
});

test("serve refuses what it does not know, and does not listen", async () => {
  await expect(serve(portable.http, { shutdownTimeout: 1 } as never)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    hint: "Write shutdownTimeoutMs.",
  });
});

test("Azure's own options of a source pass through, whatever they are called", () => {
  const serviceBus = { connection: "Bus", optionOfNextYear: 1 };
  azure.queue("next-year", portable.queue, { serviceBus } as never);
});

test.each<[string, () => unknown]>([
  ["aws.queue(undefined)", () => aws.queue(undefined as never)],
  ["aws.http(undefined)", () => aws.http(undefined as never)],
  ["aws.any(undefined)", () => aws.any(undefined as never)],
  ["aws.any([undefined])", () => aws.any([undefined] as never)],
  ['azure.http("x", undefined)', () => azure.http("x", undefined as never)],
  ['azure.invoke("x", undefined)', () => azure.invoke("x", undefined as never)],
  ['azure.event("x", undefined)', () => azure.event("x", undefined as never)],
  ['gcp.http("x", {})', () => gcp.http("x", {} as never)],
  ['gcp.queue("x", undefined)', () => gcp.queue("x", undefined as never)],
  ["router([undefined])", () => router([undefined] as never)],
  ["router(undefined)", () => router(undefined as never)],
  ["toNodeListener(undefined)", () => toNodeListener(undefined as never)],
  ["lambda.http(undefined)", () => lambda.http(undefined as never, { path: "/a", payload: "2.0" })],
  ["handle(undefined)", () => http.get("/a").handle(undefined as never)],
  ["http.use(undefined)", () => http.use(undefined as never)],
  ["use(undefined)", () => http.get("/a").use(undefined as never)],
  ["use(undefined) of a queue", () => queue("orders").use(undefined as never)],
  ["batch(undefined)", () => queue("orders").batch(undefined as never)],
  ["invoke handle(undefined)", () => invoke("quote").handle(undefined as never)],
])("%s is refused with a hint", (_call, call) => {
  expect(thrownBy(call)).toMatchObject(refused);
});
