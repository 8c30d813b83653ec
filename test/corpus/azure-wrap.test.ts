import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { HttpRequest as AzureHttpRequest, HttpResponse, InvocationContext } from "@azure/functions";
import * as azure from "@portico/azure";
import * as wrap from "@portico/azure/wrap";
import {
  type CloudEvent,
  change,
  event,
  type HttpRequest,
  http,
  type NeutralEvent,
  object,
  queue,
  reply,
  schedule,
  stream,
  topic,
} from "@portico/core";
import { describe, expect, test } from "vitest";
import "../../packages/azure/test/worker.js";
import { testRequest } from "../../packages/core/test/source.js";

const corpus = process.env.PORTICO_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const root = join(corpus, "azure");
const filesOf = (folder: string) => readdirSync(join(root, folder)).filter((file) => file.endsWith(".json"));
const load = <T>(folder: string, file: string): T =>
  JSON.parse(readFileSync(join(root, folder, file), "utf8"), (_key, value) =>
    typeof value?.$buffer === "string" ? Buffer.from(value.$buffer, "base64") : value,
  );

interface Recorded {
  readonly functionOptions: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly delivered: { readonly input: unknown; readonly triggerMetadata?: Record<string, unknown> };
}
type Read = (name: string, own: object, take: never) => azure.AzureMessageHandler;
type Encode = (events: never, own: object, more: object) => Promise<readonly wrap.AzureDelivery[]>;

/** How one folder is read by the adapter, and encoded anew. */
interface Folder {
  readonly read: Read;
  readonly encode: Encode;
  /** Paths that the encoder leaves out, since nothing neutral says them, or that older hosts do not send. */
  readonly missing?: readonly RegExp[];
  readonly extra?: readonly RegExp[];
  /** Facts of the old cloud, which the encoder has others for; what is told otherwise. */
  readonly different: readonly RegExp[];
}

const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 100 } as const;
const sink = async () => undefined;
// Nothing neutral says them; the host's objects, which older extensions write at length, mean nothing to a handler.
const busMissing = [
  /^triggerMetadata\.(to|replyToSessionId|partitionKey|transactionPartitionKey)$/,
  /\.messageReceiver\./,
];
const dead = [/lockToken|messageReceiver|identifier|expiresAt|expirationTime|nextVisibleTime|popReceipt/];

const folders: Readonly<Record<string, Folder>> = {
  "storage-queue": {
    read: (name, own, take) => azure.queue(name, queue("orders").handle(take), { storageQueue: own } as never),
    encode: (events, own) => wrap.encodeQueue(events, { queue: "orders", storageQueue: own }),
    different: dead,
  },
  "service-bus-queue": {
    read: (name, own, take) => azure.queue(name, queue("orders").handle(take), { serviceBus: own } as never),
    encode: (events, own, more) => wrap.encodeQueue(events, { queue: "orders", serviceBus: own, ...more }),
    missing: busMissing,
    different: dead,
  },
  "service-bus-topic": {
    read: (name, own, take) => azure.topic(name, topic("orders").handle(take), { serviceBus: own } as never),
    encode: (events, own) => wrap.encodeTopic(events, { topic: "orders", serviceBus: own }),
    missing: busMissing,
    different: [...dead, /client\./, /enqueuedTimeUtc/],
  },
  "event-hub": {
    read: (name, own, take) =>
      azure.stream(name, stream("clicks").handle(take), { eventHub: { ...own, retry }, sink } as never),
    encode: (events, own) => wrap.encodeStream(events, { stream: "clicks", eventHub: own }),
    // What the service counts bytes by, and IoT Hub's own properties.
    missing: [/iothub|offset|owner|runtimeInformation|partitionContext|x-opt|correlation|message|content/i],
    extra: [/systemProperties|partitionContext|partitionKey/],
    different: [/offset|owner|runtimeInformation|consumerGroup|eventHub|iothub|x-opt|enqueued/i],
  },
  blob: {
    read: (name, own, take) => azure.object(name, object(containerOf(own)).handle(take), { blob: own } as never),
    encode: (events, own) =>
      wrap.encodeObject(events, { bucket: containerOf(own), content: async () => new Uint8Array(), blob: own }),
    // What the user has put beside a blob, no event tells, nor how it was stored.
    missing: [/metadata\./, /properties/],
    extra: [/metadata$/, /properties/],
    different: [/^input$/, /properties\.(?!contentLength|contentType|lastModified)/],
  },
  timer: {
    read: (name, own, take) =>
      azure.schedule(name, schedule("*/5 * * * *").handle(take), { timer: own, timeZone: "UTC" } as never),
    encode: (events, own) => wrap.encodeSchedule(events, { when: "*/5 * * * *", timer: own }),
    // When the last tick was, nobody knows, nor whether the app's clock is adjusted.
    different: [/last|adjustForDST|isPastDue|next/],
  },
  "cosmos-db": {
    read: (name, own, take) =>
      azure.change(name, change("orders").handle(take), { cosmosDB: { ...own, retry }, sink } as never),
    encode: (events, own) => wrap.encodeChange(events, { table: "orders", cosmosDB: own as never }),
    missing: [/previousImageLSN/],
    different: [/_|previousImageLSN/],
  },
};

let count = 0;
const logHandler = () => undefined;

async function decode({ functionOptions, delivered }: Recorded, read: Read, own: object): Promise<NeutralEvent[]> {
  count += 1;
  const events: NeutralEvent[] = [];
  const handle = read(`corpus${count}`, own, ((one: NeutralEvent) => void events.push(one)) as never);
  const options = { trigger: { type: "", ...functionOptions }, extraInputs: [], extraOutputs: [] };
  const init = { invocationId: "1", functionName: "corpus", logHandler, options };
  const { triggerMetadata } = delivered;
  await handle(delivered.input, new InvocationContext({ ...init, ...(triggerMetadata && { triggerMetadata }) }));
  return events;
}

/** Every path with its value; entries of lists share one. */
function pathsOf(value: unknown, at: string, paths: Map<string, unknown>): Map<string, unknown> {
  if (typeof value !== "object" || value === null || Buffer.isBuffer(value)) return paths.set(at, value);
  if (Object.keys(value).length === 0) paths.set(at, value);
  for (const [name, member] of Object.entries(value))
    pathsOf(member, Array.isArray(value) ? `${at}[]` : `${at}.${name}`, paths);
  return paths;
}

const isNone = (value: unknown) => value === undefined || value === null;

function expectAlike({ delivered }: Recorded, encoded: wrap.AzureDelivery, folder: Folder, old: boolean): void {
  const given = pathsOf(delivered.input, "input", pathsOf(delivered.triggerMetadata, "triggerMetadata", new Map()));
  const made = pathsOf(encoded.input, "input", pathsOf(encoded.triggerMetadata, "triggerMetadata", new Map()));
  const listed = (path: string, patterns: readonly RegExp[] = []) => patterns.some((pattern) => pattern.test(path));
  const missing = [...given].filter(
    ([path, value]) => !made.has(path) && !isNone(value) && !listed(path, folder.missing),
  );
  expect(missing.map(([path]) => path)).toEqual([]);
  const extra = [...made].filter(([path, value]) => !given.has(path) && !isNone(value) && !listed(path, folder.extra));
  if (!old) expect(extra.map(([path]) => path)).toEqual([]);
  const shared = [...given].filter(([path]) => made.has(path) && !listed(path, folder.different));
  // Properties are text in a neutral event, whatever they were.
  const told = (path: string, value: unknown) => [path, /properties/i.test(path) ? String(value) : value];
  expect(shared.map(([path]) => told(path, made.get(path)))).toEqual(shared.map(([path, value]) => told(path, value)));
}

describe.skipIf(!existsSync(root))("what a wrapped handler gets", () => {
  for (const [name, folder] of Object.entries(folders)) {
    describe(name, () => {
      test.each(existsSync(root) ? filesOf(name) : [])("has the members of %s", async (file) => {
        const recorded = load<Recorded>(name, file);
        const { type, name: _, direction, properties, ...given } = recorded.functionOptions as Record<string, unknown>;
        // How it is registered, where the recording does not say so.
        const unsaid = {
          "no-monitor.json": { useMonitor: false },
          "microsoft-test-extension-v4.json": name === "blob" ? { path: "helloworldcontainer/{name}" } : undefined,
        }[file];
        const own = file.startsWith("all-versions")
          ? { ...given, changeFeedMode: "AllVersionsAndDeletes" }
          : { ...given, ...unsaid };
        // Two payloads for three messages: the adapter refuses it.
        if (file === "batch-with-empty-body.json") return;
        const events = await decode(recorded, folder.read, own);
        // What a sender may have claimed is no fact to encode.
        if (file === "body-overrides-metadata.json") return;
        const includesEmptyEntries = file.includes("include-empty");
        const [delivery] = await folder.encode(events as never, own, { includesEmptyEntries });
        const { missing = [], extra = [] } = folder;
        // A text that some messages of a batch have is unknown to the adapter, and so is a number with lost digits.
        const lossy = [...(file === "batch-sparse-metadata.json" ? [/(subject|label|correlationId)Array/] : [])];
        if (file === "single-large-sequence-number.json") lossy.push(/sequenceNumber/);
        const sparse = { ...folder, missing: [...missing, ...lossy], extra: [...extra, ...lossy] };
        expectAlike(recorded, delivery as wrap.AzureDelivery, sparse, file.startsWith("microsoft-test"));
      });
    });
  }

  describe("Event Grid", () => {
    test.each(existsSync(root) ? filesOf("event-grid") : [])("is the same document as %s", async (file) => {
      const recorded = load<Recorded>("event-grid", file);
      const events = await decode(recorded, (name, _own, take) => azure.event(name, event().handle(take)), {});
      const schema = file.startsWith("cloud-event") ? "CloudEventSchemaV1_0" : "EventGridSchema";
      const [delivery] = await wrap.encodeEvent(events as CloudEvent[], { schema });
      expect(delivery?.input).toEqual(recorded.delivered.input);
      expect(delivery?.triggerMetadata).toEqual(recorded.delivered.triggerMetadata);
    });
  });

  test("the trigger in the context has the name that the library gives it", async () => {
    const { functionOptions } = load<Recorded>("service-bus-queue", "single-json.json");
    const seen: unknown[] = [];
    const handler = (_input: unknown, context: InvocationContext) => void seen.push(context.options.trigger);
    const serviceBus = { queueName: "orders", connection: "ServiceBusConnection" };
    await wrap.queue(handler, { queue: "orders", serviceBus })(Object.create(await message()), {});
    expect(seen).toEqual([functionOptions]);
  });
});

async function message() {
  const recorded = load<Recorded>("service-bus-queue", "single-json.json");
  const [first] = await decode(recorded, folders["service-bus-queue"]?.read as Read, { connection: "Bus" });
  return first as never;
}

interface RequestFile {
  readonly request: {
    method: string;
    url: string;
    headers: Record<string, string>;
    params: Record<string, string>;
    body?: string;
    bodyBase64?: string;
  };
  readonly delivered: {
    method: string;
    url: string;
    headers: Record<string, string>;
    query: [string, string][];
    params: Record<string, string>;
    user: object | null;
    bodyBase64: string;
  };
}

describe.skipIf(!existsSync(root)).each([
  ["http", false],
  ["http-stream", true],
] as const)("a wrapped HTTP handler's request, %s", (folder, httpStream) => {
  test.each(existsSync(root) ? filesOf(folder) : [])("is that of %s", async (file) => {
    const { request, delivered } = load<RequestFile>(folder, file);
    const { method, url, headers, params, body = "", bodyBase64 } = request;
    const bytes = bodyBase64 === undefined ? Buffer.from(body) : Buffer.from(bodyBase64, "base64");
    count += 1;
    let neutral: HttpRequest | undefined;
    const capture = http.any("/*all").handle((one) => {
      neutral = one;
      return reply.empty();
    });
    const handle = azure.http(`request${count}`, capture, { trust: ["easy-auth"] });
    const sent = new AzureHttpRequest({ method, url, headers, body: { bytes } });
    await handle(sent, new InvocationContext({ invocationId: "1", functionName: "f", logHandler }));
    const native = await wrap.encodeHttp(Object.create(neutral as HttpRequest, { params: { value: params } }), {
      httpStream,
    });
    expect({
      method: native.method,
      url: native.url,
      query: [...native.query],
      params: { ...native.params },
      user: native.user,
      bodyBase64: Buffer.from(await native.arrayBuffer()).toString("base64"),
    }).toEqual({
      method: delivered.method,
      url: delivered.url,
      query: delivered.query,
      params: delivered.params,
      user: delivered.user,
      bodyBase64: delivered.bodyBase64,
    });
    const { "x-forwarded-for": _, "x-ms-client-principal": principal, ...fields } = delivered.headers;
    expect(Object.fromEntries(native.headers)).toMatchObject(fields);
    expect(native.headers.has("x-ms-client-principal")).toBe(principal !== undefined);
  });
});

function streamOf(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  return Readable.toWeb(Readable.from(chunks)) as ReadableStream<Uint8Array>;
}

async function* chunksThenFail() {
  yield Buffer.from("a");
  throw new Error("mid-stream");
}

/** The handlers of the recordings. */
const handlers: Readonly<Record<string, () => unknown>> = {
  json: () => ({ status: 201, jsonBody: { a: 1 }, headers: { "x-a": "1" } }),
  throwStatus: () => Promise.reject(Object.assign(new Error("typed"), { status: 404 })),
  negotiate: () => ({ body: "plain", enableContentNegotiation: true }),
  throw: () => Promise.reject(new Error("http handler failed")),
  buffer: () => ({ body: Buffer.from([0, 1, 255]), headers: { "content-type": "application/octet-stream" } }),
  cookies: () => ({
    cookies: [
      { name: "a", value: "1", path: "/", secure: true, httpOnly: true, sameSite: "None", maxAge: 60 },
      { name: "b", value: "x y;=é", expires: new Date(0), sameSite: "Lax" },
    ],
  }),
  text: () => ({ body: "héllo" }),
  setCookieHeaders: () => {
    const headers = new Headers({ "x-a": "1" });
    for (const line of ["a=1; Path=/", "b=2; Path=/"]) headers.append("set-cookie", line);
    return { headers, body: "c" };
  },
  undefined: () => undefined,
  null: () => null,
  string: () => "text",
  empty: () => ({}),
  badStatus: () => ({ status: 99 }),
  noContentWithBody: () => ({ status: 204, body: "x" }),
  httpResponse: () => new HttpResponse({ status: 418, body: "teapot" }),
  fetchResponse: () => new Response("native", { status: 202, headers: { "x-native": "1" } }),
  asyncIterable: () => ({
    body: (async function* () {
      for (const part of ["a", "b"]) yield Buffer.from(part);
    })(),
  }),
  stream: () => ({
    headers: { "content-type": "text/event-stream" },
    body: streamOf([0, 1, 2].map((n) => new TextEncoder().encode(`data: ${n}\n\n`))),
  }),
  streamThatFails: () => ({ body: streamOf(chunksThenFail()) }),
};

interface ReplyFile {
  readonly mode: "rpc" | "stream";
  readonly delivered: {
    readonly result?: string;
    readonly error?: string;
    readonly status?: number | null;
    readonly headers: Record<string, string | string[]>;
    readonly cookies?: readonly unknown[];
    readonly body: string;
  };
}

describe.skipIf(!existsSync(root))("a wrapped HTTP handler's reply", () => {
  test.each(existsSync(root) ? filesOf("http-response") : [])("is that of %s", async (file) => {
    const { mode, delivered } = load<ReplyFile>("http-response", file);
    const handler = handlers[file.replace(/(\.stream)?\.json$/, "")];
    if (!handler) throw new Error(`no handler for ${file}`);
    const lines: string[] = [];
    const log = { error: (text: string) => void lines.push(text) };
    const fn = wrap.http(async () => handler(), { path: "/", methods: ["GET"], httpStream: mode === "stream" });
    const response = await fn(testRequest(), { log } as never);
    const { status, headers } = response;
    if (delivered.error !== undefined && file !== "streamThatFails.stream.json") {
      expect([status, headers, response.body]).toEqual([500, {}, null]);
      if (!file.startsWith("string")) expect((response.error as Error).message).toBe(delivered.error);
      return;
    }
    // Where the app streams, nothing at all is never answered.
    if (file.startsWith("undefined") || file.startsWith("null"))
      return expect(status).toBe(mode === "stream" ? 500 : 204);
    const {
      "x-ms-invocation-id": _,
      connection,
      "keep-alive": __,
      "transfer-encoding": ___,
      ...fields
    } = delivered.headers;
    const { "content-length": ____, ...expected } = fields;
    const { "set-cookie": setCookie, ...others } = headers;
    const { "set-cookie": expectedCookie, ...expectedOthers } = expected;
    if (file === "streamThatFails.stream.json")
      return expect(new Response(response.body as BodyInit).text()).rejects.toThrow();
    expect([status, others]).toEqual([delivered.status, expectedOthers]);
    if (file !== "cookies.json") expect([setCookie ?? []].flat()).toEqual([expectedCookie ?? []].flat());
    else
      expect(setCookie).toEqual([
        "a=1; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=None",
        "b=x%20y%3B%3D%C3%A9; Path=/; SameSite=Lax",
      ]);
    const chunks = response.body === null ? "" : await new Response(response.body as BodyInit).text();
    expect(chunks).toBe(delivered.body);
  });
});

/** The container that a source's path names. */
function containerOf(own: unknown): string {
  return (own as { readonly path?: string } | undefined)?.path?.split("/")[0] ?? "images";
}
