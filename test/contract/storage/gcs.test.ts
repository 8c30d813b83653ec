import { gzipSync } from "node:zlib";
import { openStore } from "@portico/services";
import { gcs } from "@portico/services/gcs";
import { expect, test } from "vitest";
import { columns } from "./rows.mjs";
import { startFakeGcs } from "./servers/fake-gcs.js";
import { googleCredentials } from "./servers/google-credentials.js";
import { storageContract } from "./suite.js";

storageContract(columns.fakeGcs, async () => {
  const credentials = await googleCredentials();
  const server = await startFakeGcs("bucket", credentials.publicKey);
  return {
    open: (prefix) => gcs({ bucket: "bucket", prefix, endpoint: server.url }),
    close: async () => {
      await server.close();
      await credentials.remove();
    },
  };
});

test("on an own fake: what others have stored with gzip comes as it is stored, with its size and its ranges", async () => {
  const credentials = await googleCredentials();
  const server = await startFakeGcs("bucket", credentials.publicKey);
  const packed = gzipSync("content".repeat(100));
  const parts = [
    '--b\r\ncontent-type: application/json\r\n\r\n{"contentEncoding":"gzip"}\r\n--b\r\ncontent-type: text/plain\r\n\r\n',
    packed,
    "\r\n--b--",
  ];
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const headers = { "content-type": "multipart/related; boundary=b" };
  try {
    const url = `${server.url}/upload/storage/v1/b/bucket/o?uploadType=multipart&name=packed`;
    expect((await fetch(url, { method: "POST", headers, body })).status).toBe(200);
    const store = openStore(gcs({ bucket: "bucket", endpoint: server.url }));
    const read = await store.get("packed");
    expect(read.size).toBe(packed.byteLength);
    expect(packed.equals(await read.bytes())).toBe(true);
    const range = await store.get("packed", { range: { start: 2, end: 5 } });
    expect(packed.subarray(2, 5).equals(await range.bytes())).toBe(true);
  } finally {
    await server.close();
    await credentials.remove();
  }
});
