import type { EventGridEvent, InvocationContext, StorageBlobHandler } from "@azure/functions";
import type { ObjectEvent } from "@portico/core";
import { expect, test, vi } from "vitest";
import { compilePattern } from "./object/pattern.js";
import { encodeObject, object } from "./object.js";

const created = (facts: Partial<ObjectEvent> = {}): ObjectEvent => ({
  ...{
    kind: "object",
    id: "e1",
    source: "arn:aws:s3:::images",
    time: new Date("2026-03-05T10:15:30Z"),
    native: undefined,
  },
  ...{
    bucket: "images",
    key: "2026/cat.png",
    action: "created",
    permanent: undefined,
    size: 8,
    etag: "0x8D4",
    version: undefined,
  },
  ...{ sequence: undefined, contentType: "image/png", json: async () => null },
  open: () => {
    throw new Error("A handler of Azure does not open it.");
  },
  ...facts,
});

test("the Blob trigger's handler gets the content that the user gives, and the tokens of its path", async () => {
  const handler = vi.fn<StorageBlobHandler<Buffer>>(async () => undefined);
  const content = vi.fn(async ({ key }: ObjectEvent) => new Uint8Array(Buffer.from(`content of ${key}`)));
  const fn = object(handler, { bucket: "images", blob: { path: "images/{folder}/{file}.png" }, content });
  expect(await fn(created())).toEqual({ outcome: "ack" });
  const [blob, context] = handler.mock.calls[0] as [Buffer, InvocationContext];
  expect(String(blob)).toBe("content of 2026/cat.png");
  expect(context.triggerMetadata).toMatchObject({
    blobTrigger: "images/2026/cat.png",
    uri: "https://portico.blob.core.windows.net/images/2026/cat.png",
    properties: {
      contentLength: 8,
      contentType: "image/png",
      eTag: '"0x8D4"',
      lastModified: "2026-03-05T10:15:30+00:00",
    },
    // Text of the metadata is parsed where it is JSON, as at home.
    folder: 2026,
    file: "cat",
  });
});

test("what would never start the Blob trigger is dropped; a content that cannot be read comes again", async () => {
  const handler = vi.fn();
  const error = new Error("gone");
  const options = {
    bucket: "images",
    blob: { path: "images/{name}.png" },
    content: () => Promise.reject(error),
  } as const;
  const fn = object(handler, options);
  expect(await fn(created({ action: "deleted" }))).toMatchObject({ outcome: "drop" });
  expect(await fn(created({ key: "a.txt" }))).toMatchObject({ outcome: "drop" });
  expect(await fn(created())).toEqual({ outcome: "retry", error });
  expect(handler).not.toHaveBeenCalled();
});

test("without a content the Blob trigger's handler cannot be wrapped", () => {
  expect(() => object(vi.fn(), { bucket: "images", blob: {} })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", hint: expect.stringContaining("content") }),
  );
});

test("an Event Grid handler gets the storage account's event", async () => {
  const [delivery] = await encodeObject([created({ action: "deleted" })], {
    bucket: "images",
    eventGrid: {},
    account: "shop",
  });
  expect(delivery?.input).toMatchObject({
    id: "e1",
    topic: expect.stringMatching(/^\/subscriptions\/.*\/storageAccounts\/shop$/),
    subject: "/blobServices/default/containers/images/blobs/2026/cat.png",
    eventType: "Microsoft.Storage.BlobDeleted",
    data: { api: "DeleteBlob", eTag: "0x8D4", url: "https://shop.blob.core.windows.net/images/2026/cat.png" },
  } satisfies Partial<Omit<EventGridEvent, "topic">> & { topic: unknown });
});

test("what Azure Storage has no event for is refused", async () => {
  const encoding = encodeObject([created({ action: "updated" })], { bucket: "images", eventGrid: {} });
  await expect(encoding).rejects.toMatchObject({ code: "EVENT_UNENCODABLE", details: { field: "action" } });
});

test("a blob's path that the library would parse is refused", async () => {
  const odd = created({ bucket: '"a', key: 'b"' });
  const options = { bucket: '"a', blob: {}, content: async () => new Uint8Array() } as const;
  await expect(encodeObject([odd], options)).rejects.toMatchObject({
    code: "EVENT_UNENCODABLE",
    details: { field: "key" },
  });
});

test.each([
  ["images/{name}", "images/a/b.png", { name: "a/b.png" }],
  ["images", "images/a", {}],
  ["images/{{x}}-{name}", "images/{x}-a", { name: "a" }],
  ["images/{name}.png", "images/a.jpg", undefined],
  ["images/{name}", "other/a", undefined],
  ["images/{name}", "images/", undefined],
])("the path %s makes of %s: %o", (pattern, path, tokens) => {
  expect(compilePattern(pattern)(path)).toEqual(tokens);
});

test.each(["images/{name", "{container}/a", "%CONTAINER%/{name}"])("the path %s cannot be read", (pattern) => {
  expect(() => compilePattern(pattern)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test("a Blob trigger's path of another container is refused, since it would never start the handler", () => {
  const content = async () => new Uint8Array();
  for (const path of ["uploads/{name}", "uploads", "/images/{name}"])
    expect(() => object(vi.fn(), { bucket: "images", blob: { path }, content })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining("container") }),
    );
  const prefixed = { bucket: "images", prefix: "thumbs/", content };
  expect(() => object(vi.fn(), { ...prefixed, blob: { path: "images/a/{name}" } })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining("prefix") }),
  );
});
