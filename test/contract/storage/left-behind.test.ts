import type { IncomingMessage } from "node:http";
import { openStore } from "@portico/services";
import { gcs } from "@portico/services/gcs";
import { s3 } from "@portico/services/s3";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type FakeGcs, startFakeGcs } from "./servers/fake-gcs.js";
import { type FakeS3, startFakeS3 } from "./servers/fake-s3.js";
import { type Faulty, startFaulty } from "./servers/faulty.js";
import { googleCredentials } from "./servers/google-credentials.js";

// On own fakes: what is left when an upload in parts ends while it begins, and what is said when many deletions fail.
let amazon: FakeS3;
let google: FakeGcs;
let ways: { readonly s3: Faulty; readonly gcs: Faulty };
let credentials: Awaited<ReturnType<typeof googleCredentials>>;

beforeEach(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret of the test");
  credentials = await googleCredentials();
  amazon = await startFakeS3("bucket", "secret of the test");
  google = await startFakeGcs("bucket", credentials.publicKey);
  ways = { s3: await startFaulty(amazon.url), gcs: await startFaulty(google.url) };
});
afterEach(async () => {
  await Promise.all([ways.s3.close(), ways.gcs.close(), amazon.close(), google.close(), credentials.remove()]);
});

const onS3 = () => openStore(s3({ bucket: "bucket", region: "eu-west-1", endpoint: ways.s3.url }));
const onGcs = () => openStore(gcs({ bucket: "bucket", endpoint: ways.gcs.url }));

async function* large() {
  for (let count = 0; count < 9; count += 1) yield new Uint8Array(1024 * 1024);
}

test.each([
  ["S3", onS3, () => ways.s3, () => amazon.uploads.size],
  ["Cloud Storage", onGcs, () => ways.gcs, () => google.sessions.size],
])("an upload to %s whose signal aborts while it begins leaves nothing", async (_name, open, way, leaks) => {
  const controller = new AbortController();
  // The service has begun it, and its answer is still on its way.
  way().break({
    on({ method, url = "" }: IncomingMessage) {
      const begins = method === "POST" && (url.includes("uploads") || url.includes("uploadType=resumable"));
      if (begins) setTimeout(() => controller.abort(), 20);
      return begins;
    },
    delayAnswer: 100,
  });
  await expect(open().put("begun", large(), { signal: controller.signal })).rejects.toMatchObject({
    code: "CANCELLED",
  });
  await expect.poll(() => way().seen.some((line) => line.startsWith("DELETE"))).toBe(true);
  await expect.poll(leaks).toBe(0);
});

test("deletions that fail as one request name the keys that may be there, as single ones do", async () => {
  const keys = Array.from({ length: 1001 }, (_, index) => `key ${index}`);
  const store = onS3();
  let requests = 0;
  ways.s3.break({
    status: 403,
    on({ method, url = "" }) {
      if (method === "POST" && url.includes("delete")) requests += 1;
      return requests > 1;
    },
  });
  const error = await store.deleteMany(keys).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "FORBIDDEN", details: { failed: ["key 1000"] }, cause: expect.any(Error) });
});
