import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CosmosDBv4ChangeFeedMode, InvocationContext } from "@azure/functions";
import * as azure from "@portico/azure";
import {
  type ChangeEvent,
  change,
  event,
  type NeutralEvent,
  object,
  type QueueMessage,
  queue,
  type ScheduleEvent,
  type Sink,
  type StreamRecord,
  schedule,
  stream,
  topic,
} from "@portico/core";
import { describe, expect, test } from "vitest";
import "../../packages/azure/test/worker.js";

const corpus = process.env.PORTICO_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const root = join(corpus, "azure");

interface Recorded {
  readonly functionOptions: Readonly<Record<string, unknown>>;
  readonly delivered: {
    readonly input: unknown;
    readonly triggerMetadata?: Record<string, unknown>;
    readonly retryContext?: { readonly retryCount: number; readonly maxRetryCount: number };
  };
  /** What the host held before the library's conversion. */
  readonly wire: { readonly input: unknown; readonly metadata?: Readonly<Record<string, unknown>> };
}

const load = (file: string) =>
  JSON.parse(readFileSync(join(root, file), "utf8"), (_key, value) =>
    typeof value?.$buffer === "string" ? Buffer.from(value.$buffer, "base64") : value,
  ) as Recorded;
const filesOf = (folder: string) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder))
        .filter((file) => file.endsWith(".json"))
        .sort()
    : [];

const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 100 } as const;
const sink: Sink = async () => undefined;
let count = 0;

/** The events that a function gets of a recorded delivery. */
async function decode<E extends NeutralEvent = NeutralEvent>(
  { functionOptions, delivered }: Recorded,
  register: (name: string, take: (event: unknown) => void) => azure.AzureMessageHandler,
): Promise<readonly E[]> {
  count += 1;
  const events: unknown[] = [];
  const handle = register(`corpus${count}`, (one) => void events.push(one));
  const { input, triggerMetadata, retryContext } = delivered;
  const trigger = functionOptions as { type: string; name: string };
  const context = new InvocationContext({
    invocationId: "1",
    functionName: "corpus",
    logHandler: () => undefined,
    options: { trigger, extraInputs: [], extraOutputs: [] },
    ...(triggerMetadata && { triggerMetadata }),
    ...(retryContext && { retryContext }),
  });
  await handle(input, context);
  return events as E[];
}

/** What text that the library has parsed can still say: bytes are exact, text that is no JSON too. */
function expectedText(wire: unknown): string {
  const value = typed(wire);
  if (Buffer.isBuffer(value)) return value.toString("latin1");
  if (typeof value !== "string") return JSON.stringify(value);
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "string" ? parsed : JSON.stringify(parsed);
  } catch {
    return value;
  }
}

/** The value of a tag of the corpus. */
function typed(wire: unknown): unknown {
  if (typeof wire !== "object" || wire === null || Buffer.isBuffer(wire)) return wire;
  const [[tag, value] = []] = Object.entries(wire);
  if (tag === "$typed") return typed(Object.values(value as object)[0]);
  return tag?.startsWith("$") ? value : wire;
}

const textOf = async (message: { bytes(): Promise<Uint8Array> }, wire: unknown) =>
  Buffer.from(await message.bytes()).toString(Buffer.isBuffer(typed(wire)) ? "latin1" : "utf8");

const bodiesOf = (wire: unknown, keepEmpty: boolean): unknown[] => {
  const { $strings, $bytes } = wire as { $strings?: (string | null)[]; $bytes?: Buffer[] };
  return $bytes ?? ($strings as string[]).filter((body) => keepEmpty || (body !== null && body !== ""));
};

if (!existsSync(root)) test.skip(`no corpus at ${root}: set PORTICO_CORPUS to read Azure's events`, () => undefined);
else {
  test.each(filesOf("storage-queue"))("storage-queue/%s", async (file) => {
    const recorded = load(`storage-queue/${file}`);
    const [message, ...more] = await decode<QueueMessage>(recorded, (name, take) =>
      azure.queue(name, queue("orders").handle(take), { storageQueue: { connection: "Store" } }),
    );
    expect(more).toEqual([]);
    const spoofed = file === "body-overrides-metadata.json";
    const { id, dequeueCount, insertionTime } = recorded.delivered.triggerMetadata as Record<string, string>;
    expect(message).toMatchObject({ kind: "queue", source: "orders", attempt: spoofed ? undefined : dequeueCount });
    if (spoofed) expect(message?.id).not.toBe("spoofed");
    else expect(message?.id).toBe(id);
    expect(message?.time).toEqual(new Date(insertionTime as string));
    expect(await textOf(message as QueueMessage, recorded.wire.input)).toBe(expectedText(recorded.wire.input));
  });

  describe.each(["service-bus-queue", "service-bus-topic"])("%s", (folder) => {
    test.each(filesOf(folder))("%s", async (file) => {
      const recorded = load(`${folder}/${file}`);
      const { cardinality } = recorded.functionOptions as { cardinality?: "many" };
      const own = { connection: "Bus", ...(cardinality && { cardinality }) };
      const decoding = decode<QueueMessage>(recorded, (name, take) =>
        folder.endsWith("topic")
          ? azure.topic(name, topic("orders").handle(take), { serviceBus: { ...own, subscriptionName: "billing" } })
          : azure.queue(name, queue("orders").handle(take), { serviceBus: own }),
      );
      // Two bodies for three messages: whose they are cannot be known, and to go on would lose the empty one.
      if (file === "batch-with-empty-body.json")
        return expect(decoding).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
      const messages = await decoding;
      const metadata = recorded.delivered.triggerMetadata as Record<string, unknown>;
      const keepEmpty = file.includes("include-empty-entries");
      const bodies = cardinality === "many" ? bodiesOf(recorded.wire.input, keepEmpty) : [recorded.wire.input];
      expect(messages).toHaveLength(bodies.length);
      for (const [index, message] of messages.entries()) {
        const at = (name: string) =>
          cardinality === "many" ? (metadata[`${name}Array`] as unknown[])?.[index] : metadata[name];
        expect(await textOf(message, bodies[index])).toBe(expectedText(bodies[index]));
        expect(message.id).toBe(at("messageId"));
        expect(message.attempt).toBe(at("deliveryCount"));
        const sequence = at("sequenceNumber") as number | { low: number };
        const exact = typeof sequence === "object" ? sequence.low : sequence;
        expect(message.sequence).toBe(Number.isSafeInteger(exact) ? String(exact) : undefined);
        const time = String(at("enqueuedTimeUtc"));
        expect(message.time).toEqual(new Date(time.endsWith("Z") ? time : `${time}Z`));
        expect({ ...message.attributes }).toEqual(
          Object.fromEntries(
            Object.entries((at("applicationProperties") ?? at("userProperties")) as object).map(([name, value]) => [
              name,
              String(value),
            ]),
          ),
        );
        expect(message.groupId).toBe(at("sessionId") || undefined);
      }
      const correlationIds = messages.map(({ correlationId }) => correlationId);
      if (file === "batch-sparse-metadata.json") expect(correlationIds).toEqual([undefined, undefined, undefined]);
      if (file.startsWith("batch-sparse-metadata.include"))
        expect(correlationIds).toEqual([undefined, "corr-2", undefined]);
      if (file === "single-json.json") expect(correlationIds).toEqual(["corr-1"]);
    });
  });

  test.each(filesOf("event-hub"))("event-hub/%s", async (file) => {
    const recorded = load(`event-hub/${file}`);
    const { cardinality } = recorded.functionOptions;
    const records = await decode<StreamRecord>(recorded, (name, take) =>
      azure.stream(name, stream("clicks").handle(take), { eventHub: { connection: "Hub", retry }, sink }),
    );
    const metadata = recorded.delivered.triggerMetadata as Record<string, unknown>;
    const bodies = cardinality === "many" ? bodiesOf(recorded.wire.input, false) : [recorded.wire.input];
    const system = (cardinality === "many" ? metadata.systemPropertiesArray : [metadata.systemProperties]) as Record<
      string,
      unknown
    >[];
    const { partitionId } = metadata.partitionContext as { partitionId: string };
    expect(records).toHaveLength(bodies.length);
    for (const [index, record] of records.entries()) {
      expect(await textOf(record, bodies[index])).toBe(expectedText(bodies[index]));
      const { sequenceNumber, partitionKey, enqueuedTimeUtc } = system[index] as Record<string, unknown>;
      expect(record).toMatchObject({
        kind: "stream",
        id: `${partitionId}:${sequenceNumber}`,
        partition: partitionId,
        sequence: String(sequenceNumber),
        partitionKey: partitionKey ?? undefined,
      });
      expect(record.time).toEqual(new Date(String(enqueuedTimeUtc).replace(/Z?$/, "Z")));
    }
    if (file === "batch-no-partition-key.json")
      expect(records.map(({ partitionKey }) => partitionKey)).toEqual([undefined, "user-7"]);
  });

  test.each(filesOf("blob"))("blob/%s", async (file) => {
    const recorded = load(`blob/${file}`);
    const [created] = await decode(recorded, (name, take) =>
      azure.object(name, object("images").handle(take), { blob: { connection: "Store" } }),
    );
    const { blobTrigger, properties, name, uri } = recorded.delivered.triggerMetadata as Record<string, unknown>;
    const { contentLength, length, contentType, lastModified, eTag } = properties as Record<string, string>;
    expect(created).toMatchObject({
      kind: "object",
      action: "created",
      bucket: String(blobTrigger).split("/")[0],
      key: name,
      size: contentLength ?? length,
      contentType,
      etag: typeof eTag === "string" ? JSON.parse(eTag) : undefined,
      source: String(uri).slice(0, -1 - String(name).length),
    });
    expect(created?.time).toEqual(new Date(lastModified as string));
  });

  test.each(filesOf("timer"))("timer/%s", async (file) => {
    const recorded = load(`timer/${file}`);
    const [tick] = await decode<ScheduleEvent>(recorded, (name, take) =>
      azure.schedule(name, schedule("*/5 * * * *").handle(take), { timeZone: "UTC" }),
    );
    const { scheduleStatus } = recorded.delivered.input as { scheduleStatus: { next: string } | null };
    expect(tick?.kind).toBe("schedule");
    expect(tick?.scheduledTime).toEqual(scheduleStatus ? new Date(scheduleStatus.next) : tick?.time);
    // Recorded long ago.
    expect(tick?.late).toBe(scheduleStatus !== null);
  });

  test.each(filesOf("cosmos-db"))("cosmos-db/%s", async (file) => {
    const recorded = load(`cosmos-db/${file}`);
    const full = file === "all-versions-and-deletes.json";
    const mode = full ? { changeFeedMode: CosmosDBv4ChangeFeedMode.AllVersionsAndDeletes } : {};
    const events = await decode<ChangeEvent>(recorded, (name, take) =>
      azure.change(name, change("orders").handle(take), {
        cosmosDB: { connection: "Shop", databaseName: "shop", retry, ...mode } as never,
        sink,
      }),
    );
    const documents = recorded.delivered.input as Record<string, never>[];
    expect(events).toHaveLength(documents.length);
    if (full) {
      expect(events.map(({ action, sequence, expired }) => [action, sequence, expired])).toEqual([
        ["insert", "101", undefined],
        ["update", "102", undefined],
        ["delete", "103", false],
      ]);
      expect(events.map(({ before, after }) => [before?.total, after?.total])).toEqual([
        [undefined, 10],
        [10, 11],
        [11, undefined],
      ]);
      expect(events.map(({ key }) => key)).toEqual([
        { id: "order-1" },
        { id: "order-1" },
        { id: "order-1", customer: "c-1" },
      ]);
      return;
    }
    for (const [index, one] of events.entries()) {
      expect(one).toMatchObject({ kind: "change", table: "orders", action: "upsert", before: undefined });
      expect(one.after).toEqual(documents[index]);
      expect(one.key).toEqual({ id: documents[index]?.id });
    }
  });

  test.each(filesOf("event-grid"))("event-grid/%s", async (file) => {
    const recorded = load(`event-grid/${file}`);
    const [one] = await decode(recorded, (name, take) => azure.event(name, event().handle(take)));
    const {
      id,
      source,
      topic: from,
      type,
      eventType,
      time,
      eventTime,
      data,
      data_base64,
    } = recorded.delivered.input as Record<string, string>;
    expect(one).toMatchObject({ kind: "event", id, source: source ?? from, type: type ?? eventType });
    expect(one?.time).toEqual(new Date(String(time ?? eventTime)));
    if (data_base64 === undefined) expect(await one?.json()).toEqual(data);
    else expect(Buffer.from((one as never as { data: Uint8Array }).data).toString("base64")).toBe(data_base64);
    if (file !== "blob-created.json") return;
    const [created] = await decode(recorded, (name, take) =>
      azure.object(name, object("images").handle(take), { eventGrid: {} }),
    );
    expect(created).toMatchObject({
      kind: "object",
      bucket: "images",
      key: "2026/cat.png",
      action: "created",
      size: 524288,
      sequence: "00000000000004420000000000028963",
    });
  });

  test("every recorded delivery of a trigger is read above", () => {
    const index = JSON.parse(readFileSync(join(root, "index.json"), "utf8")) as { file: string }[];
    const read = [
      "storage-queue",
      "service-bus-queue",
      "service-bus-topic",
      "event-hub",
      "blob",
      "timer",
      "cosmos-db",
      "event-grid",
    ];
    const others = index.map(({ file }) => file.split("/")[0] as string).filter((folder) => !folder.startsWith("http"));
    expect(others.filter((folder) => !read.includes(folder))).toEqual([]);
  });
}
