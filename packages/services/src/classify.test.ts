import { expect, test } from "vitest";
import { classify as azure } from "./azure-blob/failure.js";
import { classify as files } from "./file/failure.js";
import { classify as google } from "./gcs/failure.js";
import { classify as amazon } from "./s3/failure.js";

const s3Error = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
const blobError = (code: string | undefined, statusCode?: number) =>
  Object.assign(new Error("x"), { name: "RestError", code, statusCode });
const coded = (code: unknown, message = "x") => Object.assign(new Error(message), { code });

test.each([
  [s3Error("NoSuchKey", 404), "NOT_FOUND"],
  // HEAD has no body, so no name of S3's.
  [s3Error("NotFound", 404), "NOT_FOUND"],
  [s3Error("Unknown", 404), "NOT_FOUND"],
  [s3Error("NoSuchBucket", 404), "NO_BUCKET"],
  [s3Error("PreconditionFailed", 412), "PRECONDITION_FAILED"],
  [s3Error("304", 304), "PRECONDITION_FAILED"],
  [s3Error("AccessDenied", 403), "FORBIDDEN"],
  [s3Error("ExpiredToken", 400), "FORBIDDEN"],
  [s3Error("CredentialsProviderError"), "FORBIDDEN"],
  [s3Error("EntityTooLarge", 400), "TOO_LARGE"],
  // Its text, as S3 gives it; the name says nothing.
  [
    Object.assign(s3Error("InvalidRequest", 400), {
      message: "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
    }),
    "TOO_LARGE",
  ],
  [s3Error("InvalidRequest", 400), undefined],
  [s3Error("InvalidRange", 416), "RANGE"],
  [s3Error("SlowDown", 503), "UNAVAILABLE"],
  [s3Error("TimeoutError"), "UNAVAILABLE"],
  [s3Error("Whatever", 500), "UNAVAILABLE"],
  [Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }), "UNAVAILABLE"],
  [s3Error("MalformedXML", 400), undefined],
  [new Error("something else"), undefined],
  ["text", undefined],
  [null, undefined],
])("S3: %s", (error, expected) => expect(amazon(error)).toBe(expected));

test.each([
  [blobError("BlobNotFound", 404), "NOT_FOUND"],
  // HEAD has no body: the SDK finds the code in a header, or there is none.
  [blobError(undefined, 404), "NOT_FOUND"],
  [blobError("ContainerNotFound", 404), "NO_BUCKET"],
  [blobError("BlobAlreadyExists", 409), "ALREADY_EXISTS"],
  [blobError("ConditionNotMet", 412), "PRECONDITION_FAILED"],
  [blobError("InvalidBlockList", 400), "PRECONDITION_FAILED"],
  [blobError("AuthenticationFailed", 403), "FORBIDDEN"],
  [Object.assign(new Error("x"), { name: "CredentialUnavailableError" }), "FORBIDDEN"],
  [blobError("RequestBodyTooLarge", 413), "TOO_LARGE"],
  [blobError("ServerBusy", 503), "UNAVAILABLE"],
  [blobError("REQUEST_SEND_ERROR"), "UNAVAILABLE"],
  [Object.assign(new Error("The operation was aborted."), { name: "AbortError" }), "UNAVAILABLE"],
  [blobError("InvalidHeaderValue", 400), undefined],
  [undefined, undefined],
])("Azure Blob: %s", (error, expected) => expect(azure(error)).toBe(expected));

test.each([
  [coded(404, "No such object: bucket/a"), "NOT_FOUND"],
  [coded("404"), "NOT_FOUND"],
  [coded(404, "The specified bucket does not exist."), "NO_BUCKET"],
  [coded(412), "PRECONDITION_FAILED"],
  [coded(401), "FORBIDDEN"],
  [new Error("Could not load the default credentials. Browse to ..."), "FORBIDDEN"],
  [coded(413), "TOO_LARGE"],
  [coded(416), "RANGE"],
  [coded(429), "UNAVAILABLE"],
  [new Error("Retry limit exceeded - Service Unavailable"), "UNAVAILABLE"],
  [Object.assign(new Error("x", { cause: coded("ECONNRESET") })), "UNAVAILABLE"],
  [coded(400), undefined],
])("Cloud Storage: %s", (error, expected) => expect(google(error)).toBe(expected));

test.each([
  [coded("EACCES"), "FORBIDDEN"],
  [coded("EROFS"), "FORBIDDEN"],
  [coded("ENOSPC"), "UNAVAILABLE"],
  [coded("EFBIG"), "TOO_LARGE"],
  [coded("EINVAL"), undefined],
  [undefined, undefined],
])("files: %s", (error, expected) => expect(files(error)).toBe(expected));
