/** The SDK as it was loaded. */
export type BlobSdk = typeof import("@azure/storage-blob");
