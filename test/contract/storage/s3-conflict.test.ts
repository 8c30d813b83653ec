import { openStore } from "@portico/services";
import { s3 } from "@portico/services/s3";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type FakeS3, startFakeS3 } from "./servers/fake-s3.js";

// S3, on an own fake: what S3 answers while another conditional write of the same key is going on.
let server: FakeS3;
const open = () => openStore(s3({ bucket: "bucket", region: "eu-west-1", endpoint: server.url }));

beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret of the test");
  server = await startFakeS3("bucket", "secret of the test");
});
afterAll(() => server.close());

test("a conditional write that meets another is tried again", async () => {
  server.conflictOnce();
  const { version } = await open().put("a", "x", { ifAbsent: true });
  server.conflictOnce();
  await open().put("a", "y", { ifVersion: version });
  expect(await (await open().get("a")).text()).toBe("y");
});

test("one in parts cannot be tried again: it is UNAVAILABLE, for a retry, and leaves nothing", async () => {
  async function* large() {
    for (let count = 0; count < 9; count += 1) yield new Uint8Array(1024 * 1024);
  }
  server.conflictOnce();
  const put = open().put("large", large(), { ifAbsent: true });
  await expect(put).rejects.toMatchObject({ code: "UNAVAILABLE", permanent: false });
  expect(server.uploads.size).toBe(0);
  expect(await open().exists("large")).toBe(false);
});

test("credentials that are wrong are FORBIDDEN, and a bucket that is not there is the binding's fault", async () => {
  const other = openStore(s3({ bucket: "other", region: "eu-west-1", endpoint: server.url }));
  await expect(other.get("a")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "another secret");
  const error = await open()
    .get("a")
    .catch((thrown: unknown) => thrown as Error);
  expect(error).toMatchObject({ code: "FORBIDDEN", status: 403 });
  expect((error as Error).message).not.toContain("AKIDEXAMPLE");
});
