import type { FileHandle } from "node:fs/promises";
import type { Facts } from "../provider.js";

const magic = Buffer.from("portico1");
const footerSize = 4 + magic.byteLength;

/** What stands behind the content in a file: the facts of the object, and its key. */
export interface Trailer extends Omit<Facts, "lastModified"> {
  readonly key: string;
  readonly lastModified: string;
}

/**
 * The bytes behind the content. In the same file, so that one rename puts both in place, and an open file stays what it was; behind, since
 * size and hash are known at the end, and so that the content begins where a viewer looks for it.
 */
export function toTrailer(trailer: Trailer): Uint8Array {
  const json = Buffer.from(`\n${JSON.stringify(trailer)}`);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.byteLength);
  return Buffer.concat([json, length, magic]);
}

/** The facts in an open file; undefined when it is none of ours. */
export async function readTrailer(file: FileHandle): Promise<Trailer | undefined> {
  const { size } = await file.stat();
  if (size < footerSize) return undefined;
  const footer = Buffer.alloc(footerSize);
  await file.read(footer, 0, footerSize, size - footerSize);
  if (!footer.subarray(4).equals(magic)) return undefined;
  const length = footer.readUInt32LE(0);
  if (length > size - footerSize) return undefined;
  const json = Buffer.alloc(length);
  await file.read(json, 0, length, size - footerSize - length);
  try {
    return JSON.parse(json.toString()) as Trailer;
  } catch {
    return undefined;
  }
}

/** The facts without the key. */
export function toFacts({ key: _key, lastModified, metadata, contentEncoding, cacheControl, ...rest }: Trailer): Facts {
  return {
    ...rest,
    contentEncoding,
    cacheControl,
    metadata: Object.assign(Object.create(null), metadata),
    lastModified: new Date(lastModified),
  };
}
