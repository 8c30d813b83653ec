import { createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@portico/services";
import { expect, test, vi } from "vitest";
import { listen } from "./servers/http.js";

const megabyte = 1024 * 1024;
/** Megabytes, of which a body larger than the memory of most functions is made. */
const size = 500;
/** Megabytes that the process may grow by: parts on their way, what the SDK makes of them, what waits for the collector. */
const most = 250;

async function* blocks(hash: Hash): AsyncGenerator<Uint8Array> {
  const block = Buffer.alloc(megabyte);
  for (let index = 0; index < size; index += 1) {
    block.writeUInt32LE(index, 100);
    hash.update(block);
    yield block;
  }
}

/** How many megabytes this process, which has this file to itself, grows by while the work is done. */
async function growth(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage().rss;
  let highest = before;
  const timer = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 20);
  await work().finally(() => clearInterval(timer));
  return (highest - before) / megabyte;
}

test("500 MB go into a file and come back, byte for byte, in memory of a few parts", async () => {
  const folder = await mkdtemp(join(tmpdir(), "portico-large-"));
  try {
    const store = openStore(`file://${folder}`);
    const [sent, received] = [createHash("sha256"), createHash("sha256")];
    const grown = await growth(async () => {
      await store.put("large", blocks(sent));
      for await (const chunk of (await store.get("large")).body) received.update(chunk);
    });
    expect(received.digest("hex")).toBe(sent.digest("hex"));
    expect(grown).toBeLessThan(most);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);

test("500 MB go to S3 in parts, each once, in memory of a few parts", async () => {
  const parts = new Map<string, number>();
  // It takes what comes and keeps nothing but the sizes: the memory in question is the client's.
  const server = await listen(async (request, response) => {
    let received = 0;
    request.on("data", (chunk: Buffer) => {
      received += chunk.byteLength;
    });
    await once(request, "end");
    const { searchParams } = new URL(request.url ?? "", "http://host");
    const part = searchParams.get("partNumber");
    if (part !== null) {
      parts.set(part, received);
      response.writeHead(200, { etag: '"part"' }).end();
    } else response.end(searchParams.has("uploads") ? "<R><UploadId>u</UploadId></R>" : '<R><ETag>"done"</ETag></R>');
  });
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  try {
    const store = openStore(`s3://bucket?region=us-east-1&endpoint=${server.url}`);
    const grown = await growth(() => store.put("large", blocks(createHash("sha256"))).then(() => undefined));
    expect(grown).toBeLessThan(most);
    expect(parts.size).toBe(Math.ceil(size / 8));
    expect([...parts.values()].reduce((sum, part) => sum + part, 0)).toBe(size * megabyte);
  } finally {
    await server.close();
  }
}, 120_000);
