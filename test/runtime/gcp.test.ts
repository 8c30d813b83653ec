import { fileURLToPath } from "node:url";
import { gcp } from "@portico/testing/hosts";
import { afterEach, expect, test } from "vitest";
import { exchange, readChunks, type ServerHost, stopUnderLoad, until, uploadSlowly } from "./server-checks.js";

const module = fileURLToPath(new URL("./gcp/app.mjs", import.meta.url));
const nodePath = process.env.PORTICO_NODE;
const hosts: ServerHost[] = [];

afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));

async function start(options: Partial<Parameters<typeof gcp>[0]> = {}): Promise<ServerHost> {
  const host = await gcp({ module, export: "app", nodePath, ...options });
  hosts.push(host);
  return host;
}

test("SIGTERM in the middle of load loses no request, where the framework alone would drop all, and ends with 0", async () => {
  const { answers, lost, code } = await stopUnderLoad(await start());
  expect(lost).toEqual([]);
  expect(new Set(answers)).toEqual(new Set([200]));
  expect(answers.length).toBeGreaterThan(40);
  expect(code).toBe(0);
});

test("SIGTERM without any request ends the process at once", async () => {
  const host = await start();
  // The framework listens for signals a moment after it listens for connections, and then says this.
  await until(() => host.logs.some((line) => line.includes("Serving function")));
  process.kill(host.pid, "SIGTERM");
  expect((await host.ended).code).toBe(0);
});

test("a stream arrives as it is made, and its source ends when the client leaves", async () => {
  const host = await start();
  const chunks = await readChunks(`${host.url}/ticks`, 3);
  expect(chunks.map(({ text }) => text)).toEqual(["tick 0\n", "tick 1\n", "tick 2\n"]);
  expect((chunks[2]?.ms ?? 0) - (chunks[0]?.ms ?? 0)).toBeGreaterThan(120);
  await until(() => host.logs.includes("ticks ended, aborted"));
});

test.each([{}, { "content-type": "application/octet-stream" }])(
  "a slow upload with the fields %j arrives whole",
  async (headers) => {
    const host = await start();
    const pieces = Array.from({ length: 5 }, () => Buffer.alloc(100_000));
    expect(await uploadSlowly(host.url, pieces, headers as Record<string, string>)).toEqual({
      status: 200,
      text: '{"length":500000}',
    });
    const over = Array.from({ length: 11 }, () => Buffer.alloc(100_000));
    expect(await uploadSlowly(host.url, over, headers as Record<string, string>)).toMatchObject({ status: 413 });
  },
);

test("a JSON request loads no web-standard classes", async () => {
  const host = await start();
  const text = await exchange(
    host.url,
    'POST /modules?a=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}',
  );
  expect(text).toMatch(/\r\n\r\n\[\]$/);
});

test("with the execution id in the logs, entries keep their shape", async () => {
  const host = await start({ env: { LOG_EXECUTION_ID: "true", GOOGLE_CLOUD_PROJECT: "acme" } });
  const trace = "0af7651916cd43dd8448eb211c80319c";
  await exchange(
    host.url,
    `GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\nFunction-Execution-Id: abc\r\nX-Cloud-Trace-Context: ${trace}/255;o=1\r\n\r\n`,
  );
  await until(() => host.logs.some((line) => line.includes("refused")));
  expect(JSON.parse(host.logs.find((line) => line.includes("refused")) as string)).toMatchObject({
    severity: "INFO",
    status: 404,
    "logging.googleapis.com/trace": `projects/acme/traces/${trace}`,
    "logging.googleapis.com/spanId": "00000000000000ff",
    "logging.googleapis.com/labels": { execution_id: "abc" },
  });
});

test("an HTTP function deployed with the signature of events is registered, and so runs as HTTP", async () => {
  const host = await start({ env: { FUNCTION_SIGNATURE_TYPE: "cloudevent" } });
  expect((await fetch(`${host.url}/slow/1`)).status).toBe(200);
});

test.each(["cloudevent", "event"])(
  "a plain export deployed as %s refuses what comes, by name, and is not acknowledged",
  async (type) => {
    const host = await start({ export: "plain", env: { FUNCTION_SIGNATURE_TYPE: type } });
    const response = await fetch(host.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "ce-id": "1",
        "ce-source": "//pubsub.googleapis.com/projects/p/topics/t",
        "ce-specversion": "1.0",
        "ce-type": "google.cloud.pubsub.topic.v1.messagePublished",
      },
      body: '{"message":{"data":"aGk="}}',
    });
    expect(response.status).toBe(500);
    await until(() => host.logs.some((line) => line.includes("takes HTTP requests")));
    expect(host.logs.join("\n")).toMatch(
      /CloudEvent of the type google\.cloud\.pubsub|background event of the type google\.pubsub/,
    );
  },
);

test("the platform's own limits: crawlers' files are 404, and a JSON scalar is 400, before any function", async () => {
  const host = await start();
  for (const path of ["/favicon.ico", "/robots.txt"]) expect((await fetch(host.url + path)).status).toBe(404);
  const scalar = await fetch(`${host.url}/upload`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "1",
  });
  expect(scalar.status).toBe(400);
});
