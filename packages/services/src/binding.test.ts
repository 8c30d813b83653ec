import { HandlerError } from "@portico/core";
import { errorFields } from "@portico/core/adapter";
import { expect, test } from "vitest";
import { azureBlob } from "./azure-blob.js";
import { toBinding } from "./binding.js";
import { openStore } from "./open-store.js";
import { loadSdk } from "./sdk.js";

const bind = (url: string) => toBinding(url, "The variable PORTICO_UPLOADS");

test.each([
  ["s3://my-bucket", { provider: "s3", bucket: "my-bucket", prefix: "" }],
  ["s3://my-bucket/", { provider: "s3", bucket: "my-bucket", prefix: "" }],
  ["s3://my.bucket_1/in/a%20b?region=eu-west-1", { provider: "s3", bucket: "my.bucket_1", prefix: "in/a b/" }],
  ["s3://b?endpoint=http://127.0.0.1:9000&pathStyle=false", { provider: "s3", bucket: "b", prefix: "" }],
  ["azblob://account/container", { provider: "azblob", bucket: "container", prefix: "" }],
  ["azblob://account/container/in/", { provider: "azblob", bucket: "container", prefix: "in/" }],
  ["gs://bucket/in", { provider: "gs", bucket: "bucket", prefix: "in/" }],
  ["file:///tmp/uploads", { provider: "file", bucket: undefined, prefix: "" }],
  ["file:///C:/uploads", { provider: "file", bucket: undefined, prefix: "" }],
  ["mem://", { provider: "mem", bucket: undefined, prefix: "" }],
])("%s is understood", (url, expected) => {
  expect(bind(url)).toMatchObject(expected);
});

test("one URL is one store in a process", () => {
  expect(bind("mem://one")).toBe(bind("mem://one"));
  expect(bind("mem://one")).not.toBe(bind("mem://two"));
});

test.each([
  "",
  "uploads",
  "ftp://x",
  "constructor://x",
  "s3:bucket",
  "s3://",
  "s3://bucket/a/../b",
  "s3://bucket//a",
  "s3://bucket?regoin=x",
  "s3://bucket?pathStyle=yes",
  "s3://bucket/%E0%A4%A",
  "s3://KEY:sesame@bucket",
  "azblob://account",
  "gs://bucket?region=x",
  "file://relative/path",
  "file:///",
  "file:relative",
  "mem://a/b",
])("%s is refused, by the name of its variable", (url) => {
  const error = (() => {
    try {
      bind(url);
    } catch (thrown) {
      return thrown as HandlerError;
    }
  })();
  expect(HandlerError.is(error) && error.code).toBe("CONFIG_INVALID");
  expect(error?.message).toContain("PORTICO_UPLOADS");
  expect(`${error?.message}${error?.hint}${String(error?.cause)}`).not.toContain("sesame");
});

test("an SDK that is not installed is named, and what it lacks itself is its own error", async () => {
  const missing = Object.assign(new Error("Cannot find package 'some-sdk' imported from /x"), {
    code: "ERR_MODULE_NOT_FOUND",
  });
  await expect(loadSdk("some-sdk", () => Promise.reject(missing))).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    hint: "npm install some-sdk",
  });
  const inner = Object.assign(new Error("Cannot find package 'inner' imported from /some-sdk"), {
    code: "ERR_MODULE_NOT_FOUND",
  });
  await expect(loadSdk("some-sdk", () => Promise.reject(inner))).rejects.toBe(inner);
});

test("a connection string that is missing or broken is named by its variable, and not shown", async () => {
  const store = openStore(azureBlob({ account: "a", container: "c", connection: "UPLOADS_CONNECTION" }));
  await expect(store.head("a")).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("UPLOADS_CONNECTION is not set"),
  });
  process.env.UPLOADS_CONNECTION = "AccountKey=sesame";
  const error = await store.head("a").catch((thrown: unknown) => thrown as HandlerError);
  expect(error).toMatchObject({ code: "CONFIG_INVALID" });
  expect((error as Error).cause).toBeUndefined();
  delete process.env.UPLOADS_CONNECTION;
});

test("a connection string where the name of its variable belongs is refused, and not shown", async () => {
  const secret = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=sesame==";
  const store = openStore(`azblob://a/c?connection=${encodeURIComponent(secret)}`);
  const error = await store.head("a").catch((thrown: unknown) => thrown as HandlerError);
  expect(error).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining("connection") });
  expect(JSON.stringify(errorFields(error))).not.toContain("sesame");
});

test("a connection string with a shared access signature signs no URL, and says so without showing it", async () => {
  process.env.SAS_CONNECTION = "BlobEndpoint=http://127.0.0.1:1/a;SharedAccessSignature=sv=2024-11-04&sig=sesame";
  try {
    const store = openStore(azureBlob({ account: "a", container: "c", connection: "SAS_CONNECTION" }));
    const signing = store.signedUrl("a", { method: "GET", expiresInSeconds: 60 });
    const error = await signing.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "NOT_IMPLEMENTED" });
    expect(JSON.stringify(errorFields(error))).not.toContain("sesame");
  } finally {
    delete process.env.SAS_CONNECTION;
  }
});
