import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AnyEvent, ChangeEvent, CloudEvent, ObjectEvent, QueueMessage, ScheduleEvent } from "@portico/core";
import * as google from "@portico/gcp/wrap";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readDocumentEvent } from "../../packages/gcp/src/change/document.js";
import { writeDocumentEvent } from "../../packages/gcp/src/wrap/change/document.js";
import { deliverTo, sources } from "../round-trip/gcp/cells.js";
import { bytesOf, type Sent } from "./cloudevents-cases.js";

const corpus = process.env.PORTICO_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const root = join(corpus, "gcp");
const present = existsSync(join(root, "index.json"));
const read = (file: string): { request: Sent } => JSON.parse(readFileSync(join(root, `${file}.json`), "utf8"));

/** A real event, the source that takes it, and how the same is encoded. */
interface Case {
  readonly file: string;
  readonly source: string;
  /** What is made up in this one. */
  readonly odd?: string;
  encode(event: AnyEvent): google.GoogleRequest | Promise<google.GoogleRequest>;
}

const push = (one: AnyEvent) => google.encodeQueue(one as QueueMessage, { signature: "http" });
const trigger = (one: AnyEvent) => google.encodeQueue(one as QueueMessage);
const task = (one: AnyEvent) => google.encodeQueue(one as QueueMessage, { from: "cloud-tasks" });
const file = (one: AnyEvent) => google.encodeObject(one as ObjectEvent);
const document = (one: AnyEvent) =>
  // Of the type that stands for all of them, the event itself does not tell.
  google.encodeChange(one as ChangeEvent, { written: /\.written$/.test((one.native as { type: string }).type) });
const tick = (one: AnyEvent) => google.encodeSchedule(one as ScheduleEvent);
const any = (one: AnyEvent) => google.encodeEvent(one as CloudEvent);

const cases: readonly Case[] = [
  ...["push-wrapped", "push-wrapped-full", "push-wrapped-attributes-only"].map((name) => ({
    file: `pubsub/${name}`,
    source: "queue: Pub/Sub, pushed",
    encode: push,
  })),
  ...["request-binary", "request-text", "request-duplicated-fields"].map((name) => ({
    file: `pubsub/${name}`,
    source: "queue: Pub/Sub, as a CloudEvent",
    encode: trigger,
  })),
  ...["first-attempt", "retry", "no-content-type"].map((name) => ({
    file: `cloudtasks/${name}`,
    source: "queue: Cloud Tasks",
    encode: task,
  })),
  ...["archived", "deleted", "finalized", "metadataUpdated", "finalized-unicode-name"].map((name) => ({
    file: `storage/request-${name}`,
    source: "object: Cloud Storage",
    encode: file,
  })),
  ...["complex", "created", "deleted", "every-type", "simple"].map((name) => ({
    file: `firestore/request-${name}`,
    source: "change: Firestore, protobuf",
    // A mask, and nothing before it.
    ...(name === "every-type" && { odd: "body updateMask.fieldPaths" }),
    encode: document,
  })),
  ...["http-post-body", "http-post-empty"].map((name) => ({
    file: `scheduler/${name}`,
    source: "schedule: Cloud Scheduler",
    encode: tick,
  })),
  ...["bigqueryjobcompleted", "monitoringCreateTimeSeries", "pubsubCreateTopic"].map((name) => ({
    file: `audit/request-${name}`,
    source: "event: Eventarc, either mode",
    encode: any,
  })),
];

/** What real events have, and an event from elsewhere does not tell. */
const untold = [
  // Of the way and not of the event: the wrapper adds these from the invocation's context.
  /^header (?:traceparent|x-cloud-trace-context|content-length)$/,
  /^header x-cloudtasks-task(?:previousresponse|retryreason)$/,
  /^body message\.@type$/,
  /^body (?:crc32c|md5Hash|storageClass|timeStorageClassUpdated|timeCreated)$/,
  // An empty document stands for none, and its mask for nothing.
  /^body (?:oldValue|updateMask)$/,
  // When a document was made is known of new ones alone; what changed, where both sides are.
  /^body (?:value|oldValue)\.(?:createTime|updateTime)$/,
];

/** What the encoder writes, and these events do not have. */
const more = [
  // Publishers' libraries of today send both spellings, and so does Eventarc.
  /^body message\.(?:message_id|publish_time|attributes)$/,
  /^header (?:ce-topic|ce-dataschema)$/,
  /^body (?:value|oldValue)\.(?:createTime|updateTime)$/,
];

function pathsOf(value: unknown, at: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [at];
  const entries = Object.entries(value);
  return entries.length === 0
    ? [at]
    : entries.flatMap(([name, member]) => pathsOf(member, at ? `${at}.${name}` : name));
}

/** Names of header fields, and paths of the body's members; a document's fields count as one. */
function fieldsOf(headers: object, body: Uint8Array): Set<string> {
  const names = Object.keys(headers).map((name) => `header ${name}`);
  const isProtobuf = (headers as Record<string, string>)["content-type"] === "application/protobuf";
  const text = Buffer.from(body).toString();
  const value: unknown = isProtobuf ? readDocumentEvent(body) : /^[{[]/.test(text) ? JSON.parse(text) : undefined;
  const paths =
    value === undefined ? [] : pathsOf(value, "").map((path) => `body ${path.replace(/\.fields\..*$/, ".fields")}`);
  return new Set([...names, ...paths]);
}

describe.skipIf(!present)(
  `Google's events, encoded anew, ${present ? "from the corpus" : `from ${root}, which is absent`}`,
  () => {
    const delivered = new Map<string, ReturnType<typeof deliverTo>>();
    beforeAll(() => {
      vi.spyOn(process.stdout, "write").mockReturnValue(true);
      for (const [index, source] of sources.entries()) delivered.set(source.title, deliverTo(source, `corpus${index}`));
    });
    afterAll(() => vi.restoreAllMocks());

    test.each(cases)("$file has the fields that Google sends", async ({ file: name, source, odd, encode }) => {
      const { request } = read(name);
      const body = new Uint8Array(bytesOf(request) ?? []);
      const event = await delivered.get(source)?.({ ...request, body });
      const ours = await encode(event as AnyEvent);
      const [real, made] = [fieldsOf(request.headers, body), fieldsOf(ours.headers, ours.body)];
      const missing = [...real].filter(
        (field) => !made.has(field) && field !== odd && !untold.some((one) => one.test(field)),
      );
      const added = [...made].filter((field) => !real.has(field) && !more.some((one) => one.test(field)));
      expect({ missing, added }).toEqual({ missing: [], added: [] });
      expect(ours.method).toBe(request.method);
      for (const [field, value] of Object.entries(request.headers)) {
        if (/^(?:ce-(?!time|dataschema)|x-cloudscheduler)/.test(field))
          expect([field, ours.headers[field]]).toEqual([field, value]);
      }
    });

    test.each(["complex", "created", "deleted", "every-type", "simple"])(
      "the protobuf of %s, written by protobufjs, is the same byte for byte when it is read and written here",
      (name) => {
        const bytes = new Uint8Array(bytesOf(read(`firestore/request-${name}`).request) ?? []);
        expect(Buffer.from(writeDocumentEvent(readDocumentEvent(bytes))).toString("hex")).toBe(
          Buffer.from(bytes).toString("hex"),
        );
      },
    );
  },
);
