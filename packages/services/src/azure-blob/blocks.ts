import type { BlockBlobClient, BlockBlobUploadOptions } from "@azure/storage-blob";
import type { Bytes } from "@portico/core";
import { inParallel } from "../signal.js";

/** Blocks on their way at a time; with the one that is being filled, four are in memory. */
const atOnce = 3;

/**
 * Sends an object in blocks, which nobody sees before all are committed. Blocks that were not committed are Azure's to discard: it does so
 * when the blob is written again, or after a week, and has no call to do it before.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/put-block-list
 */
export async function uploadBlocks(
  blob: BlockBlobClient,
  parts: AsyncIterable<Bytes>,
  options: BlockBlobUploadOptions,
  signal: AbortSignal,
): Promise<{ readonly etag?: string | undefined }> {
  // Ids of one upload: those of another writer of the same blob must not be taken for ours.
  const upload = crypto.randomUUID();
  const ids: string[] = [];
  await inParallel(parts, atOnce, async (part, index) => {
    const id = btoa(`${upload}-${String(index).padStart(6, "0")}`);
    ids[index] = id;
    await blob.stageBlock(id, part, part.byteLength, { abortSignal: signal });
  });
  return blob.commitBlockList(ids, options);
}
