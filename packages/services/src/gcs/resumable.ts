import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CreateResumableUploadOptions, File, FileMetadata } from "@google-cloud/storage";
import type { Bytes } from "@portico/core";
import { untilAborted } from "../signal.js";
import { partSize } from "../upload.js";

/** Milliseconds for the clearing away, also when the invocation's own time is over. */
const cancelMs = 5000;

/**
 * Sends an object in parts by a session of its own, which is ended when the upload fails: else it lives for a week.
 *
 * @see https://cloud.google.com/storage/docs/resumable-uploads
 */
export async function uploadResumable(
  file: File,
  parts: AsyncIterable<Bytes>,
  options: CreateResumableUploadOptions,
  signal: AbortSignal,
): Promise<FileMetadata> {
  const [uri] = await untilAborted(file.createResumableUpload(options), signal);
  try {
    const target = file.createWriteStream({ uri, resumable: true, chunkSize: partSize, ...options });
    await pipeline(Readable.from(parts, { objectMode: false, highWaterMark: partSize }), target, { signal });
    return file.metadata;
  } catch (error) {
    // The session's address is its credential.
    await fetch(uri, { method: "DELETE", signal: AbortSignal.timeout(cancelMs) }).catch(() => undefined);
    throw error;
  }
}
