import { openStore } from "@portico/services";
import { azureBlob } from "@portico/services/azure-blob";
import { gcs } from "@portico/services/gcs";
import { s3 } from "@portico/services/s3";
import { azurite } from "@portico/testing/hosts/storage";
import { vi } from "vitest";
import { storageFaults } from "./faults.js";
import { startFakeGcs } from "./servers/fake-gcs.js";
import { startFakeS3 } from "./servers/fake-s3.js";
import { startFaulty } from "./servers/faulty.js";
import { googleCredentials } from "./servers/google-credentials.js";

storageFaults("S3, on an own fake", async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret of the test");
  const server = await startFakeS3("bucket", "secret of the test");
  const proxy = await startFaulty(server.url);
  const where = { bucket: "bucket", region: "eu-west-1", endpoint: proxy.url };
  return {
    proxy,
    throttles: 503,
    open: (silenceMs) => openStore(s3({ ...where, silenceMs })),
    leaks: () => server.uploads.size,
    close: async () => void (await Promise.all([proxy.close(), server.close()])),
  };
});

storageFaults("Azure Blob, on Azurite", async () => {
  const server = await azurite({ bucket: "bucket" });
  const proxy = await startFaulty(server.url);
  vi.stubEnv("AZURITE_CONNECTION", String(server.env.AZURITE_CONNECTION).replace(server.url, proxy.url));
  const where = { account: "devstoreaccount1", container: "bucket", connection: "AZURITE_CONNECTION" };
  return {
    proxy,
    throttles: 503,
    open: (silenceMs) => openStore(azureBlob({ ...where, silenceMs })),
    // Blocks that were not committed are Azure's own to discard, after a week.
    leaks: () => undefined,
    close: async () => void (await Promise.all([proxy.close(), server.close()])),
  };
});

storageFaults("Cloud Storage, on an own fake", async () => {
  const credentials = await googleCredentials();
  const server = await startFakeGcs("bucket", credentials.publicKey);
  const proxy = await startFaulty(server.url);
  return {
    proxy,
    throttles: 429,
    open: (silenceMs) => openStore(gcs({ bucket: "bucket", endpoint: proxy.url, silenceMs })),
    leaks: () => server.sessions.size,
    close: async () => void (await Promise.all([proxy.close(), server.close(), credentials.remove()])),
  };
});
