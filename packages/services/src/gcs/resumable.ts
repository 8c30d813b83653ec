import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CreateResumableUploadOptions, File, FileMetadata } from "@google-cloud/storage";
import type { Bytes } from "@portico/core";
import { begin, clearingMs } from "../signal.js";
import { partSize } from "../upload.js";

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
  const [uri] = await begin(
    () => file.createResumableUpload(options),
    signal,
    ([begun]) => cancel(begun),
  );
  try {
    const target = file.createWriteStream({ uri, resumable: true, chunkSize: partSize, ...options });
    await pipeline(Readable.from(parts, { objectMode: false, highWaterMark: partSize }), target, { signal });
    return file.metadata;
  } catch (error) {
    await cancel(uri);
    throw error;
  }
}

/** The session's address is its credential. */
async function cancel(uri: string): Promise<void> {
  try {
    const { body } = await fetch(uri, { method: "DELETE", signal: AbortSignal.timeout(clearingMs) });
    await body?.cancel();
  } catch {
    // What went wrong first is what the caller has to know.
  }
}
