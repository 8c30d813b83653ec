import type { S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { uploadParts } from "./multipart.js";
import type { S3Sdk } from "./sdk.js";

test("an object in more parts than S3 takes is TOO_LARGE, and cleared away", async () => {
  const names: string[] = [];
  // A stand-in for the SDK: ten thousand real parts would be 84 GB.
  const command = (name: string) =>
    class {
      readonly name = name;
    };
  const sdk = {
    CreateMultipartUploadCommand: command("create"),
    UploadPartCommand: command("part"),
    CompleteMultipartUploadCommand: command("complete"),
    AbortMultipartUploadCommand: command("abort"),
  } as unknown as S3Sdk;
  const client = {
    async send({ name }: { name: string }) {
      names.push(name);
      return { UploadId: "1" };
    },
  } as unknown as S3Client;
  async function* parts() {
    for (let count = 0; count < 10_001; count += 1) yield new Uint8Array(1);
  }
  const { signal } = new AbortController();
  const put = uploadParts(sdk, client, { target: { Bucket: "b", Key: "k" }, condition: {}, parts: parts(), signal });
  await expect(put).rejects.toMatchObject({ code: "TOO_LARGE" });
  expect([names.filter((name) => name === "part").length, names.at(-1)]).toEqual([10_000, "abort"]);
});
