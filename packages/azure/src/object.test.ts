import type { EventGridEvent, StorageBlobFunctionOptions } from "@azure/functions";
import { type ObjectEvent, object } from "@portico/core";
import { describe, expect, test, vi } from "vitest";
import { bytes, json, text } from "../test/rpc.js";
import { bindingOf, type Firing, fire } from "../test/worker.js";
import { type AzureObjectOptions, object as register } from "./object.js";

const blob = { connection: "Store" } satisfies Omit<StorageBlobFunctionOptions, "path" | "handler">;
let count = 0;

async function receive(firing: Firing, options: AzureObjectOptions): Promise<ObjectEvent[]> {
  count += 1;
  const events: ObjectEvent[] = [];
  register(
    `object${count}`,
    object("images").handle((event) => void events.push(event)),
    options,
  );
  await fire(`object${count}`, firing);
  return events;
}

test("the host is told of the container, or of a pattern within it", () => {
  const fn = object("images").handle(() => undefined);
  register("blob-told", fn, { blob });
  expect(bindingOf("blob-told")).toMatchObject({ type: "blobTrigger", path: "images/{name}", connection: "Store" });
  register("blob-pattern", fn, { blob: { ...blob, path: "images/2026/{name}.png", source: "EventGrid" } });
  expect(bindingOf("blob-pattern")).toMatchObject({ path: "images/2026/{name}.png", source: "EventGrid" });
  register("grid-told", fn, { eventGrid: {} });
  expect(bindingOf("grid-told")?.type).toBe("eventGridTrigger");
});

test("what the Blob trigger cannot tell is refused at registration", () => {
  const fn = object("images", { actions: ["created", "deleted"] }).handle(() => undefined);
  expect(() => register("blob-deleted", fn, { blob })).toThrow("does not tell when an object is deleted");
  register("grid-deleted", fn, { eventGrid: {} });
});

describe("the Blob trigger", () => {
  const delivered = (path: string, properties: object = {}): Firing => ({
    input: bytes('{"id":"spoofed","blobTrigger":"other/x"}'),
    metadata: {
      BlobTrigger: text(path),
      Uri: json("https://contoso.blob.core.windows.net/images/2026/a%20cat.png"),
      Properties: json({
        ContentLength: 8,
        ContentType: "image/png",
        LastModified: "2026-03-05T10:15:30+00:00",
        ...properties,
      }),
      Metadata: json({ Owner: "Ann" }),
      name: text("2026/a cat.png"),
    },
  });

  test("a creation, with the path split at its first slash and decoded no further", async () => {
    const [event] = await receive(
      delivered("images/2026/a%20cat.png", { ETag: '"0x8D4"', VersionId: "2026-03-05T10:15:30.1Z" }),
      { blob },
    );
    expect(event).toMatchObject({
      bucket: "images",
      key: "2026/a%20cat.png",
      action: "created",
      size: 8,
      etag: "0x8D4",
      version: "2026-03-05T10:15:30.1Z",
      contentType: "image/png",
      source: "https://contoso.blob.core.windows.net/images",
      id: "images/2026/a%20cat.png@0x8D4",
    });
    expect(event?.time.toISOString()).toBe("2026-03-05T10:15:30.000Z");
    expect(await event?.json()).toMatchObject({ bucket: "images", key: "2026/a%20cat.png", action: "created" });
  });

  test("without an ETag, which newer extensions lose, the last change tells versions apart", async () => {
    const [event] = await receive(delivered("images/x", { ETag: {} }), { blob });
    expect([event?.etag, event?.id]).toEqual([undefined, "images/x@2026-03-05T10:15:30+00:00"]);
  });

  test("an older extension's properties", async () => {
    const [event] = await receive(delivered("images/x", { ContentLength: undefined, Length: 16 }), { blob });
    expect(event?.size).toBe(16);
  });

  test("a path without a container is refused", async () => {
    for (const path of ["", "x", "/x"])
      await expect(receive(delivered(path), { blob })).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  });
});

describe("storage events of Event Grid", () => {
  const data = {
    api: "PutBlob",
    eTag: "0x8D4BCC2E4835CD0",
    contentType: "image/png",
    contentLength: 524288,
    url: "https://contoso.blob.core.windows.net/images/2026/a%20cat.png",
    sequencer: "00000000000004420000000000028963",
  };
  const event = {
    id: "831e1650",
    topic: "/subscriptions/0/storageAccounts/contoso",
    subject: "/blobServices/default/containers/images/blobs/2026/a cat.png",
    eventType: "Microsoft.Storage.BlobCreated",
    eventTime: "2026-03-05T10:15:30.1234567Z",
    data,
    dataVersion: "",
    metadataVersion: "1",
  } satisfies EventGridEvent;
  const cloudEvent = {
    specversion: "1.0",
    id: event.id,
    source: event.topic,
    subject: event.subject,
    type: event.eventType,
    time: event.eventTime,
    data,
  };
  const one = async (value: unknown) => (await receive({ input: json(value) }, { eventGrid: {} }))[0] as ObjectEvent;

  test.each([
    ["its own schema", event],
    ["CloudEvents", cloudEvent],
  ])("a creation in %s", async (_schema, value) => {
    const created = await one(value);
    expect(created).toMatchObject({
      id: "831e1650",
      source: "/subscriptions/0/storageAccounts/contoso",
      bucket: "images",
      key: "2026/a cat.png",
      action: "created",
      size: 524288,
      etag: "0x8D4BCC2E4835CD0",
      sequence: "00000000000004420000000000028963",
      contentType: "image/png",
    });
    expect(created.time.toISOString()).toBe("2026-03-05T10:15:30.123Z");
  });

  test.each([
    ["Microsoft.Storage.BlobDeleted", {}, "deleted"],
    ["Microsoft.Storage.BlobTierChanged", { accessTier: "Archive", previousTier: "Hot" }, "archived"],
    ["Microsoft.Storage.BlobTierChanged", { accessTier: "Hot", previousTier: "Archive" }, "restored"],
    ["Microsoft.Storage.BlobTierChanged", { accessTier: "Cool", previousTier: "Hot" }, "updated"],
  ])("%s %o is %s", async (eventType, tiers, action) => {
    expect((await one({ ...event, eventType, data: { ...data, ...tiers } })).action).toBe(action);
  });

  test("whether a deletion left a version behind is not told, nor is there a size", async () => {
    const deleted = await one({ ...event, eventType: "Microsoft.Storage.BlobDeleted" });
    expect([deleted.permanent, deleted.size]).toEqual([undefined, undefined]);
  });

  test("several in one delivery are several events", async () => {
    expect(await receive({ input: json([event, cloudEvent]) }, { eventGrid: {} })).toHaveLength(2);
  });

  test("other events are refused by name, not swallowed", async () => {
    for (const eventType of ["Microsoft.Storage.BlobRenamed", "Microsoft.Storage.DirectoryCreated", "recordInserted"])
      await expect(one({ ...event, eventType })).rejects.toMatchObject({
        code: "EVENT_UNSUPPORTED",
        message: expect.stringContaining(eventType),
      });
  });

  test("a subject that names no blob is malformed", async () => {
    for (const subject of ["", "/blobServices/default/containers/images", "x"])
      await expect(one({ ...event, subject })).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
  });
});

test("objects outside the declared filter are dropped", async () => {
  const keys: string[] = [];
  register(
    "filtered",
    object("images", { prefix: "2026/" }).handle(({ key }) => void keys.push(key)),
    { blob },
  );
  for (const key of ["2026/a", "2025/b"])
    await fire("filtered", { input: bytes(""), metadata: { BlobTrigger: text(`images/${key}`) } });
  expect(keys).toEqual(["2026/a"]);
});

describe("a Blob trigger's path that would leave the function without work", () => {
  const fn = object("images").handle(() => undefined);
  const told = (path: string, declared = fn) => {
    count += 1;
    register(`blob-path-${count}`, declared, { blob: { ...blob, path } });
  };
  const refused = (message: string) =>
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });

  test.each(["uploads/{name}", "uploads", "Images/{name}", "/images/{name}", "{container}/{name}", "images2/{name}"])(
    "%s is of another container",
    (path) => expect(() => told(path)).toThrow(refused("container")),
  );

  test("a setting that is known is held against the bucket; one that is not is the host's to resolve", () => {
    vi.stubEnv("PHOTOS", "uploads");
    expect(() => told("%PHOTOS%/{name}")).toThrow(refused("uploads"));
    vi.stubEnv("PHOTOS", "images");
    told("%PHOTOS%/{name}");
    vi.stubEnv("PHOTOS", undefined);
    told("%PHOTOS%/{name}");
    vi.unstubAllEnvs();
  });

  test("names that the function's prefix or suffix never takes are refused, and narrower ones are not", () => {
    const thumbs = object("images", { prefix: "thumbs/", suffix: ".png" }).handle(() => undefined);
    expect(() => told("images/uploads/{name}", thumbs)).toThrow(refused("prefix"));
    expect(() => told("images/{name}.jpg", thumbs)).toThrow(refused("suffix"));
    for (const path of ["images", "images/{name}", "images/thu{rest}", "images/thumbs/2026/{name}.png", "images/{a}g"])
      told(path, thumbs);
  });
});
