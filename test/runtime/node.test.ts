import { fileURLToPath } from "node:url";
import { node } from "@portico/testing/hosts";
import { afterEach, expect, test } from "vitest";
import { exchange, pause, readChunks, type ServerHost, stopUnderLoad, until, uploadSlowly } from "./server-checks.js";

const module = fileURLToPath(new URL("./node/server.mjs", import.meta.url));
const nodePath = process.env.PORTICO_NODE;
const hosts: ServerHost[] = [];

afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));

async function start(options: Partial<Parameters<typeof node>[0]> = {}): Promise<ServerHost> {
  const host = await node({ module, nodePath, ...options });
  hosts.push(host);
  return host;
}

test("SIGTERM in the middle of load loses no request, runs the hook, and ends with 0", async () => {
  const host = await start();
  const { answers, lost, code } = await stopUnderLoad(host);
  expect(lost).toEqual([]);
  expect(new Set(answers)).toEqual(new Set([200]));
  expect(answers.length).toBeGreaterThan(40);
  expect(code).toBe(0);
  expect(host.logs).toContain("hook ran");
});

test("work passed to waitUntil goes on beside the next requests, and is finished by a stop", async () => {
  const host = await start();
  const startMs = performance.now();
  expect(await (await fetch(`${host.url}/work`)).text()).toBe("sent");
  expect(performance.now() - startMs).toBeLessThan(280);
  process.kill(host.pid, "SIGTERM");
  expect((await host.ended).code).toBe(0);
  expect(host.logs.indexOf("work done")).toBeGreaterThan(-1);
  expect(host.logs.indexOf("hook ran")).toBeGreaterThan(host.logs.indexOf("work done"));
});

test("a second signal ends a stop that takes too long", async () => {
  const host = await start();
  const lost = fetch(`${host.url}/slow/8000`).catch(() => undefined);
  await pause(100);
  process.kill(host.pid, "SIGINT");
  await until(() => host.logs.some((line) => line.includes("stopping on SIGINT")));
  process.kill(host.pid, "SIGINT");
  expect((await host.ended).code).toBe(1);
  await lost;
});

test("a stream arrives as it is made, and its source ends when the client leaves", async () => {
  const host = await start();
  const chunks = await readChunks(`${host.url}/ticks`, 3);
  expect(chunks.map(({ text }) => text)).toEqual(["tick 0\n", "tick 1\n", "tick 2\n"]);
  expect((chunks[2]?.ms ?? 0) - (chunks[0]?.ms ?? 0)).toBeGreaterThan(120);
  await until(() => host.logs.includes("ticks ended, aborted"));
});

test("a slow upload arrives whole, and one over the limit is 413 before it is all sent", async () => {
  const host = await start();
  const pieces = Array.from({ length: 5 }, () => Buffer.alloc(100_000));
  expect(await uploadSlowly(host.url, pieces, {})).toEqual({ status: 200, text: '{"length":500000}' });
  const text = await exchange(host.url, "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000001\r\n\r\n");
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
});

test("what is no HTTP, and headers over the limit, have an answer, and the server goes on", async () => {
  const host = await start();
  expect(await exchange(host.url, "NONSENSE\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  expect(await exchange(host.url, `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(100_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  );
  expect((await fetch(`${host.url}/healthz`)).status).toBe(200);
});

test("a JSON request loads no web-standard classes", async () => {
  const host = await start();
  const text = await exchange(
    host.url,
    'POST /modules?a=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}',
  );
  expect(text).toMatch(/\r\n\r\n\[\]$/);
});

test("an exported function, or list of functions, is served without a line of code", async () => {
  const functions = fileURLToPath(new URL("./node/functions.mjs", import.meta.url));
  const host = await start({ module: functions, export: "functions" });
  expect(await (await fetch(`${host.url}/slow/1`)).json()).toEqual({ pid: host.pid });
  await expect(start({ module: functions, export: "nothing" })).rejects.toThrow(/no export nothing/);
});
