import { existsSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import {
  type ChangeEvent,
  type CloudEvent,
  change,
  event,
  type Message,
  type NeutralEvent,
  type ObjectEvent,
  object,
  queue,
  type ScheduleEvent,
  schedule,
  stream,
  topic,
} from "@portico/core";
import * as gcp from "@portico/gcp";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { bytesOf, type Sent, send, toExpected } from "./cloudevents-cases.js";

const corpus = process.env.PORTICO_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const root = join(corpus, "gcp");
const present = existsSync(join(root, "index.json"));

interface Entry {
  readonly file: string;
  readonly trigger: string;
  readonly form: string;
}

const read = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));
const entries: readonly Entry[] = present ? read("index.json") : [];
const requests = entries.filter(({ form }) => form === "http-request").map(({ file }) => file);
const data = entries.filter(({ form }) => form === "event-data").map(({ file }) => file);
const structured = entries.filter(({ form }) => form === "structured-cloudevent").map(({ file }) => file);

const got: NeutralEvent[] = [];
const keep = async (one: NeutralEvent): Promise<void> => void got.push(one);
gcp.queue("pubsub", queue("q").handle(keep));
gcp.queue("bare", queue("q").handle(keep), { noWrapper: true });
gcp.queue("tasks", queue("q").handle(keep), { from: "cloud-tasks", sink: async () => {} });
gcp.topic("topic", topic("t").handle(keep));
gcp.stream("stream", stream("s").handle(keep));
gcp.object("object", object("b").handle(keep));
gcp.change("table", change("t").handle(keep));
gcp.schedule("schedule", schedule("0 0 * * *").handle(keep));
gcp.schedule("ticks", schedule("0 0 * * *").handle(keep), { unwrap: "pubsub" });
gcp.event("event", event().handle(keep));
const names = ["pubsub", "bare", "tasks", "topic", "stream", "object", "table", "schedule", "ticks", "event"];

/** Google's own example, whose attribute names have capitals: no CloudEvent, and not what Google sends. */
const brokenExample = "audit/structured-LogEntryData-bigqueryjobcompleted.json";

/** The function that a request is for: what its trigger is bound to. */
function targetOf(file: string): string {
  if (file.startsWith("cloudtasks/")) return "tasks";
  if (file === "pubsub/push-unwrapped.json") return "bare";
  if (file === "scheduler/pubsub-push.json") return "ticks";
  const { trigger } = entries.find((entry) => entry.file === file) as Entry;
  return trigger === "queue" ? "pubsub" : trigger;
}

/** The type of the CloudEvent that brings these data. */
function typeOf(file: string): string {
  const [folder = "", name = ""] = file.split("/");
  if (folder === "firestore") return "google.cloud.firestore.document.v1.written";
  if (folder === "firebase-database") return "google.firebase.database.ref.v1.written";
  if (folder === "storage") return "google.cloud.storage.object.v1.finalized";
  if (folder === "pubsub") return "google.cloud.pubsub.topic.v1.messagePublished";
  if (folder === "scheduler") return "google.cloud.scheduler.job.v1.executed";
  return `google.${folder}.${name.split("-")[0]}.v1.test`;
}

/** What the corpus expects of a message, as far as it says so. */
async function checkMessage(message: Message, sent: Sent, expected: Record<string, any>): Promise<void> {
  const message_ = expected.data?.message ?? {};
  const bytes = expected.dataBase64 ?? message_.data ?? bytesOf(sent)?.toString("base64") ?? "";
  expect(Buffer.from(await message.bytes()).toString("base64")).toBe(bytes);
  const { id } = expected.attributes?.id === undefined ? expected : expected.attributes;
  if (id !== undefined) expect(message.id).toBe(id);
  if (expected.subscription) expect(message.source).toBe(`//pubsub.googleapis.com/${expected.subscription}`);
  if (expected.attributes?.source) expect(message.source).toBe(expected.attributes.source);
  if (expected.queue) expect(message.source).toBe(`//cloudtasks.googleapis.com/queues/${expected.queue}`);
  const published = expected.publishTime ?? message_.publishTime;
  if (published) expect(message.time).toEqual(new Date(published));
  const attributes = expected.attributes?.specversion ? message_.attributes : expected.attributes;
  if (attributes) expect(message.attributes).toEqual(attributes);
  expect(message.attempt).toBe(expected.attempt ?? expected.deliveryAttempt);
  expect((message as { groupId?: string }).groupId).toBe(expected.orderingKey ?? message_.orderingKey);
}

function checkObject(one: ObjectEvent, { attributes, data }: Record<string, any>): void {
  const action = { finalized: "created", deleted: "deleted", archived: "archived", metadataUpdated: "updated" }[
    String(attributes.type).split(".").pop() as string
  ];
  expect(one).toMatchObject({
    id: attributes.id,
    source: attributes.source,
    action,
    bucket: data.bucket,
    key: data.name,
    size: Number(data.size),
    etag: data.etag,
    version: String(data.generation),
    contentType: data.contentType,
  });
}

describe.skipIf(!present)(
  `Google's events, from ${present ? "the corpus" : `${root}, which is absent: nothing is checked`}`,
  () => {
    const origins: Record<string, string> = {};
    const servers: Server[] = [];
    beforeAll(async () => {
      for (const name of names) {
        const server = getTestServer(name);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        origins[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        servers.push(server);
      }
    });
    afterAll(() => {
      for (const server of servers) server.close();
    });
    beforeEach(() => {
      got.length = 0;
      vi.spyOn(process.stdout, "write").mockReturnValue(true);
      return () => vi.restoreAllMocks();
    });

    test("there are the events of the index", () => {
      expect([requests.length, structured.length, data.length]).toEqual([34, 3, 30]);
    });

    test.each(requests)("%s is the event that it is, and is acknowledged", async (file) => {
      const { request, event: expected } = read(file);
      const target = targetOf(file);
      const answer = await send(origins[target] ?? "", request);
      expect([answer.status, got.length]).toEqual([204, 1]);
      const [one] = got as [NeutralEvent];
      if (target === "event") expect(toExpected(one as CloudEvent).attributes).toEqual(expected.attributes);
      else if (target === "object") checkObject(one as ObjectEvent, expected);
      else if (target === "table") {
        const { decoded = expected.data } = expected.data ?? expected;
        expect(plain(gcp.documentEventData(one as ChangeEvent))).toEqual(plain(decoded));
        expect(`${(one as ChangeEvent).table}/${(one as ChangeEvent).key.id}`).toBe(expected.attributes.document);
      } else if (one.kind === "schedule") {
        const { scheduledTime } = one as ScheduleEvent;
        const time = expected.scheduledTime ?? expected.attributes.time ?? "2024-05-06T07:08:09.123456Z";
        expect(scheduledTime).toEqual(new Date(time));
      } else await checkMessage(one as Message, request, expected);
    });

    test.each(requests)("%s is refused by every other kind of function, and not acknowledged", async (file) => {
      const { request } = read(file);
      const target = targetOf(file);
      // A message of Pub/Sub is one for all of these, an event for who asks for any, and a tick where the binding says so.
      const pushes = ["pubsub", "bare", "topic", "stream", "ticks"];
      const takes = (name: string) =>
        name === target ||
        (name === "event" && "ce-type" in request.headers) ||
        (name === "bare" &&
          request.method === "POST" &&
          !file.startsWith("cloudtasks") &&
          !("x-cloudscheduler" in request.headers)) ||
        (pushes.includes(name) && (pushes.includes(target) || file.startsWith("pubsub/request")));
      for (const name of names.filter((one) => !takes(one))) {
        const answer = await send(origins[name] ?? "", request);
        expect([name, answer.status]).toEqual([name, answer.status === 415 ? 415 : 500]);
      }
      expect(got).toEqual([]);
    });

    test.each([...data, ...structured])("%s is read from the CloudEvent around it", async (file) => {
      const content = read(file);
      const cloudEvent = structured.includes(file)
        ? content
        : { specversion: "1.0", id: "1", source: "/test", type: typeOf(file), subject: "documents/c/d", data: content };
      const target = targetOf(file);
      const body = JSON.stringify(cloudEvent);
      const headers = { "content-type": "application/cloudevents+json" };
      const answer = await send(origins[target] ?? "", { method: "POST", path: "/", headers, body });
      if (file === brokenExample) {
        expect([answer.status, got.length]).toEqual([400, 0]);
        return;
      }
      expect([answer.status, got.length]).toEqual([204, 1]);
      const [one] = got as [NeutralEvent];
      if (target === "event") expect((one as CloudEvent).data).toEqual(cloudEvent.data);
      else if (target === "object") {
        const { type, source, id } = cloudEvent;
        checkObject(one as ObjectEvent, { attributes: { type, source, id }, data: cloudEvent.data });
      } else if (file.startsWith("firestore/")) {
        expect(gcp.documentEventData(one as ChangeEvent)).toEqual(content);
        expect((one as ChangeEvent).after).toBeDefined();
      } else if (target === "table") {
        const { grandchild, deeply } = content.data;
        expect((one as ChangeEvent).before).toEqual({ grandchild, deeply });
        expect((one as ChangeEvent).after).toEqual({ grandchild, deeply: { ...deeply, abc: "def" } });
      } else if (target === "schedule") {
        await expect(one.json()).rejects.toMatchObject({ code: "BAD_REQUEST" });
      } else {
        const { message } = cloudEvent.data;
        expect(Buffer.from(await (one as Message).bytes()).toString("base64")).toBe(message.data);
        expect(one.id).toBe(message.messageId);
        expect((one as Message).attributes).toEqual(message.attributes ?? {});
      }
    });
  },
);

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
