/** The SDK as it was loaded. */
export type S3Sdk = typeof import("@aws-sdk/client-s3");
