import { bucket, deadLetter, object } from "@portico/core";
import { resources } from "@portico/services";
import sharp from "sharp";

const images = bucket("images", { access: ["read"] });
const thumbnails = bucket("thumbnails", { access: ["write"] });

/** Bytes, and pixels: a small file can unpack into a picture that no memory holds. */
const largestFile = 20_000_000;
const mostPixels = 50_000_000;

/** An image in, a thumbnail out. The same event again writes the same again. */
export const thumbnail = object("images", { actions: ["created"] })
  .use(resources({ images, thumbnails }))
  .handle(async (event, { images, thumbnails, log }) => {
    const image = await event.open(images).get();
    if (image.size > largestFile) {
      await image.body.cancel();
      return deadLetter(`it has ${image.size} bytes`);
    }
    const small = await shrink(await image.bytes());
    if (small === undefined) return deadLetter("it is no image");
    await thumbnails.put(`${event.key}.webp`, small, {
      contentType: "image/webp",
      cacheControl: "public, max-age=86400",
      metadata: { source_etag: image.etag },
    });
    log.info("thumbnail", { key: event.key, from: image.size, to: small.byteLength });
  });

/** At most 256 pixels wide and high, upright, without what the camera wrote; undefined where it is no image. */
async function shrink(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    return await sharp(bytes, { limitInputPixels: mostPixels })
      .autoOrient()
      .resize(256, 256, { fit: "inside", withoutEnlargement: true })
      .webp()
      .toBuffer();
  } catch {
    return undefined;
  }
}
