import type { CompletedPart, PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import type { Bytes } from "@portico/core";
import { StoreFailure } from "../failure.js";
import { begin, clearingMs, inParallel } from "../signal.js";
import type { S3Sdk } from "./sdk.js";

/** Of one object: 84 GB, in parts of `partSize`. */
const mostParts = 10_000;
/** Parts on their way at a time; with the one that is being filled, four are in memory. */
const atOnce = 3;

interface Upload {
  readonly target: Pick<
    PutObjectCommandInput,
    "Bucket" | "Key" | "ContentType" | "ContentEncoding" | "CacheControl" | "Metadata"
  >;
  readonly condition: Pick<PutObjectCommandInput, "IfMatch" | "IfNoneMatch">;
  readonly parts: AsyncIterable<Bytes>;
  readonly signal: AbortSignal;
}

/**
 * Sends an object in parts. Not with `@aws-sdk/lib-storage`: when its signal aborts, it rejects before it has told S3, and the parts it
 * leaves behind cost money until somebody finds them; and it does not end the requests that are under way.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
export async function uploadParts(
  sdk: S3Sdk,
  client: S3Client,
  { target, condition, parts, signal }: Upload,
): Promise<{ readonly ETag?: string | undefined }> {
  const { Bucket, Key } = target;
  const create = (abortSignal: AbortSignal) =>
    client.send(new sdk.CreateMultipartUploadCommand(target), { abortSignal });
  const clear = async ({ UploadId }: { readonly UploadId?: string | undefined }) => {
    const command = new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId });
    // What went wrong first is what the caller has to know; a rule of the bucket's lifecycle is the second net.
    await client.send(command, { abortSignal: AbortSignal.timeout(clearingMs) }).catch(() => undefined);
  };
  const { UploadId } = await begin(create, signal, clear);
  try {
    const sent: CompletedPart[] = [];
    await inParallel(parts, atOnce, async (Body, index) => {
      const PartNumber = index + 1;
      if (PartNumber > mostParts) throw new StoreFailure("TOO_LARGE", `S3 takes ${mostParts} parts`);
      const command = new sdk.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body });
      const { ETag, ChecksumCRC32 } = await client.send(command, { abortSignal: signal });
      sent[index] = { PartNumber, ETag, ChecksumCRC32 };
    });
    const MultipartUpload = { Parts: sent };
    const command = new sdk.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload, ...condition });
    return await client.send(command, { abortSignal: signal });
  } catch (error) {
    await clear({ UploadId });
    throw error;
  }
}
