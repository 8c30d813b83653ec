import { s3 } from "@portico/services/s3";
import { fauxqs } from "@portico/testing/hosts/storage";
import { vi } from "vitest";
import { columns } from "./rows.mjs";
import { startFakeS3 } from "./servers/fake-s3.js";
import { storageContract } from "./suite.js";

const region = "eu-west-1";

storageContract(columns.fakeS3, async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret of the test");
  const server = await startFakeS3("bucket", "secret of the test");
  return {
    open: (prefix) => s3({ bucket: "bucket", prefix, region, endpoint: server.url }),
    close: server.close,
  };
});

storageContract(columns.fauxqs, async () => {
  const server = await fauxqs({ bucket: "bucket" });
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
  return {
    open: (prefix) => s3({ bucket: "bucket", prefix, region, endpoint: server.url }),
    close: server.close,
  };
});
