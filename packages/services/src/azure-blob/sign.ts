import type { BlobServiceClient, BlockBlobClient } from "@azure/storage-blob";
import type { SignedUrl } from "@portico/core";
import { refused } from "../failure.js";
import type { Signing } from "../provider.js";
import type { BlobSdk } from "./sdk.js";

/** Milliseconds that the clocks here and there may differ. */
const skewMs = 300_000;

/**
 * A URL with a shared access signature: by the account's key, or by a key that the service gives to an identity.
 *
 * @throws {HandlerError} NOT_IMPLEMENTED when an upload is to be held to a content type, or the connection is itself a shared access signature.
 * @see https://learn.microsoft.com/rest/api/storageservices/create-service-sas
 */
export async function sign(
  sdk: BlobSdk,
  service: BlobServiceClient,
  blob: BlockBlobClient,
  { method, expiresInSeconds, contentType }: Signing,
): Promise<Pick<SignedUrl, "url" | "headers">> {
  if (method === "PUT" && contentType !== undefined) {
    const hint =
      "Leave contentType out, and look at what has arrived: its signatures do not cover the headers of an upload.";
    throw refused("Azure Blob Storage", "hold a signed upload to a content type", hint);
  }
  if (service.credential instanceof sdk.AnonymousCredential) {
    const hint = "Give a connection string with the account's key, or leave connection out: the identity signs.";
    throw refused("Azure Blob Storage, with a shared access signature for a connection,", "sign a URL", hint);
  }
  const expiresOn = new Date(Date.now() + expiresInSeconds * 1000);
  const values = {
    containerName: blob.containerName,
    blobName: blob.name,
    permissions: sdk.BlobSASPermissions.parse(method === "GET" ? "r" : "cw"),
    expiresOn,
    ...(blob.url.startsWith("https:") && { protocol: sdk.SASProtocol.Https }),
    ...(contentType !== undefined && { contentType }),
  };
  const query =
    service.credential instanceof sdk.StorageSharedKeyCredential
      ? sdk.generateBlobSASQueryParameters(values, service.credential)
      : sdk.generateBlobSASQueryParameters(
          values,
          await service.getUserDelegationKey(new Date(Date.now() - skewMs), expiresOn),
          service.accountName,
        );
  // Without the header Azure refuses the upload.
  return { url: `${blob.url}?${query}`, headers: method === "PUT" ? { "x-ms-blob-type": "BlockBlob" } : {} };
}
