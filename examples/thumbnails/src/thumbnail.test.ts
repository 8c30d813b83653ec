import { fromCloudEvent, type ObjectEvent } from "@portico/core";
import { openStore } from "@portico/services";
import { memory } from "@portico/services/memory";
import { fake } from "@portico/testing";
import sharp from "sharp";
import { expect, test } from "vitest";
import { thumbnail } from "./thumbnail.js";

const created = (key: string) =>
  fromCloudEvent({
    specversion: "1.0",
    id: "1",
    source: "images",
    type: "dev.portico.object.created",
    datacontenttype: "application/json",
    data: { bucket: "images", key, action: "created" },
  }) as ObjectEvent;

async function run(key: string, content: string | Uint8Array) {
  const [images, thumbnails] = [openStore(memory(), "images"), openStore(memory(), "thumbnails")];
  await images.put(key, content);
  const outcome = await thumbnail(created(key), fake.context({ images, thumbnails }));
  return { outcome, thumbnails };
}

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#336699" } })
    .png()
    .toBuffer();

test("an image becomes a thumbnail, with a type and its source's ETag", async () => {
  const { outcome, thumbnails } = await run("cats/tom.png", await picture(1024, 512));
  expect(outcome).toEqual({ outcome: "ack" });
  const made = await thumbnails.get("cats/tom.png.webp");
  expect(made).toMatchObject({ contentType: "image/webp", metadata: { source_etag: expect.any(String) } });
  const { width, height, format } = await sharp(await made.bytes()).metadata();
  expect({ width, height, format }).toEqual({ width: 256, height: 128, format: "webp" });
});

test("a small image stays as small as it is", async () => {
  const { thumbnails } = await run("dot.png", await picture(3, 3));
  const { width } = await sharp(await (await thumbnails.get("dot.png.webp")).bytes()).metadata();
  expect(width).toBe(3);
});

test("what is no image, or too large, is a dead letter and no thumbnail", async () => {
  const { outcome, thumbnails } = await run("note.txt", "no image");
  expect(outcome).toMatchObject({ outcome: "deadLetter", reason: "it is no image" });
  expect(await thumbnails.exists("note.txt.webp")).toBe(false);
  const large = await run("large.bin", new Uint8Array(20_000_001));
  expect(large.outcome).toMatchObject({ outcome: "deadLetter" });
});

test("an image that is gone by now is a dead letter, and the function says what it uses", async () => {
  const context = fake.context({ images: openStore(memory()), thumbnails: openStore(memory()) });
  expect(await thumbnail(created("gone.png"), context)).toMatchObject({ outcome: "deadLetter" });
  expect(thumbnail.uses).toEqual([
    { type: "bucket", name: "images", access: ["read"] },
    { type: "bucket", name: "thumbnails", access: ["write"] },
  ]);
});
