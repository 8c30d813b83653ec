// The real aws-lambda-ric, which says what reaches a handler and what a reply becomes.
import { fileURLToPath } from "node:url";
import type { HttpFormat } from "@portico/aws/wrap/http";
import { type AwsHostOptions, aws, type Host } from "@portico/testing/hosts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { overHttp, text } from "../contract/wire.js";

const module = fileURLToPath(new URL("aws/functions.mjs", import.meta.url));
const nodePath = process.env.PORTICO_NODE;
const start = (name: string, options: Partial<AwsHostOptions> = {}) =>
  aws({ module, export: name, nodePath, ...options });
const log = (host: Host) => host.logs.join("\n");

const formats: HttpFormat[] = ["rest", "http-1.0", "http-2.0", "url", "alb", "alb-multi", "lattice"];

describe.each(formats)("behind %s", (format) => {
  let host: Host;
  beforeAll(async () => {
    host = await start("echo", { format });
  });
  afterAll(() => host.close());

  test("a handler sees the request that was sent, and Lambda's context", async () => {
    const response = await fetch(`${host.url}/a%20b/%C3%BC?x=1&y=%26&flag=`, {
      method: "POST",
      body: "grüße",
      headers: { cookie: "a=1; b=2" },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toMatchObject({
      method: "POST",
      path: "/a%20b/%C3%BC",
      query: [
        ["x", "1"],
        ["y", "&"],
        ["flag", ""],
      ],
      cookies: { a: "1", b: "2" },
      body: "grüße",
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      arn: "arn:aws:lambda:us-east-1:123456789012:function:echo",
      region: "us-east-1",
      remaining: true,
      coldStart: true,
      trace: expect.stringMatching(/^[\da-f]{32}$/),
    });
    expect(await (await fetch(`${host.url}/again`)).json()).toMatchObject({ coldStart: false, path: "/again" });
  });

  test("the log has one JSON line per entry, in Lambda's own shape", async () => {
    const response = await fetch(`${host.url}/logged`);
    const { id } = (await response.json()) as { id: string };
    await expect.poll(() => log(host)).toContain(id);
    const line = host.logs.find((entry) => entry.includes(id)) ?? "";
    expect(JSON.parse(line)).toMatchObject({ level: "INFO", requestId: id, message: "seen", path: "/logged" });
  });
});

test("the function runs in the Node that was asked for", async () => {
  await using host = await start("echo");
  const { node } = (await (await fetch(host.url)).json()) as { node: string };
  if (nodePath?.includes("24")) expect(node).toMatch(/^24\./);
  else expect(node).toBe(process.versions.node);
});

test("the stage that stands in an HTTP API's path is not in the function's", async () => {
  await using host = await start("echo", { stage: "dev" });
  expect(await (await fetch(`${host.url}/orders`)).json()).toMatchObject({ path: "/orders" });
});

test.each(["rest", "url", "alb"] as const)("bytes and several cookies come through %s unchanged", async (format) => {
  await using host = await start("bytes", { format });
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const response = await fetch(`${host.url}/bytes`, { method: "POST", body: bytes });
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(response.headers.get("x-list")).toBe("a, b");
});

test("an event over the source's limit is its 413, without the function", async () => {
  await using host = await start("bytes", { format: "alb" });
  const response = await fetch(`${host.url}/bytes`, { method: "POST", body: new Uint8Array(900_000) });
  expect(response.status).toBe(413);
});

describe.each(["url", "rest"] as const)("streaming behind %s", (format) => {
  let host: Host;
  beforeAll(async () => {
    host = await start("stream", { format, timeoutMs: 1500 });
  });
  afterAll(() => host.close());

  test("chunks arrive one by one, as they are sent", async () => {
    const response = await fetch(`${host.url}/ticks`);
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    const times: number[] = [];
    let body = "";
    for await (const chunk of response.body ?? []) {
      times.push(performance.now());
      body += Buffer.from(chunk).toString();
    }
    expect(body).toBe("tick 1\ntick 2\ntick 3\ntick 4\n");
    expect(times.length).toBeGreaterThanOrEqual(3);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(100);
  });

  test("a reply without a body, and one without a stream, have their status and headers", async () => {
    const empty = await fetch(`${host.url}/empty`);
    expect([empty.status, empty.headers.get("x-one"), await empty.text()]).toEqual([204, "1", ""]);
    const short = await fetch(`${host.url}/text`);
    expect([short.status, short.headers.get("content-type"), await short.text()]).toEqual([
      200,
      "text/plain; charset=utf-8",
      "short",
    ]);
  });

  test("ten megabytes arrive whole", async () => {
    const reply = await overHttp(host.url, { target: "/large" });
    expect(reply.body).toHaveLength(160 * 65536);
    expect(reply.body.at(-1)).toBe(159);
  });

  test("a handler that throws is a plain 500", async () => {
    const response = await fetch(`${host.url}/error`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("not for clients");
    await expect.poll(() => log(host)).toContain("not for clients");
  });

  test("a stream that fails midway is broken off, and the next request is answered", async () => {
    const response = await fetch(`${host.url}/broken`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(await (await fetch(`${host.url}/text`)).text()).toBe("short");
  });

  test("a handler that never settles is a 504 before Lambda's time-out", async () => {
    expect((await fetch(`${host.url}/never`)).status).toBe(504);
    expect(log(host)).not.toContain("Task timed out");
  });

  test("an event stream is ended before Lambda's time-out", async () => {
    expect(await (await fetch(`${host.url}/events`)).text()).toMatch(/^data: tick 1/);
    expect(log(host)).not.toContain("Task timed out");
  });

  test("when the client leaves, the function is not told, as on Lambda, and the host goes on", async () => {
    const leave = new AbortController();
    const response = await fetch(`${host.url}/events`, { signal: leave.signal });
    await response.body?.getReader().read();
    leave.abort();
    expect(await (await fetch(`${host.url}/text`)).text()).toBe("short");
  });
});

test("a streaming function behind a source that cannot stream gives the whole reply", async () => {
  await using host = await start("stream");
  const response = await fetch(`${host.url}/ticks`);
  expect([response.status, response.headers.getSetCookie(), await response.text()]).toEqual([
    200,
    ["a=1", "b=2"],
    "tick 1\ntick 2\ntick 3\ntick 4\n",
  ]);
});

test("a handler that never settles is a 504 before Lambda's time-out", async () => {
  await using host = await start("slow", { timeoutMs: 1000 });
  const response = await fetch(host.url);
  expect(response.status).toBe(504);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(log(host)).not.toContain("Task timed out");
});

test("a process that blocks is killed at the time-out, one that exits is gone: 502, and a new one answers", async () => {
  await using host = await start("blocked", { timeoutMs: 500 });
  for (const [what, reason] of [
    ["block", "Task timed out after 0.50 seconds"],
    ["exit", "Runtime.ExitError"],
  ] as const) {
    expect((await fetch(`${host.url}/${what}`)).status).toBe(502);
    expect(log(host)).toContain(reason);
    expect(await (await fetch(`${host.url}/x`)).text()).toBe("fine");
  }
});

test("a handler of another making that rejects is the service's 502, with the reason in the log", async () => {
  await using host = await start("rejects");
  const reply = await overHttp(host.url, { target: "/" });
  expect([reply.status, text(reply)]).toEqual([502, '{"message":"Internal server error"}']);
  await expect.poll(() => log(host)).toContain("TypeError: not for clients");
});

test("each process has one request at a time; several processes share them", async () => {
  await using host = await start("busy", { instances: 2 });
  const pids = await Promise.all(Array.from({ length: 4 }, () => fetch(host.url).then((response) => response.text())));
  expect(new Set(pids).size).toBe(2);
});

test("a format that does not exist is refused before anything starts", async () => {
  await expect(start("echo", { format: "function-url" as HttpFormat })).rejects.toThrow(/function-url.*http-2\.0, url/);
});

test("a module that cannot be loaded rejects with the reason", async () => {
  const fails = fileURLToPath(new URL("aws/fails-to-load.mjs", import.meta.url));
  await expect(start("x", { module: fails })).rejects.toThrow(/no database at start/);
  await expect(start("nothing")).rejects.toThrow(/functions.nothing is undefined or not exported/);
  await expect(start("x", { module: "no/such.mjs" })).rejects.toThrow(/Cannot find module/);
  await expect(start("x", { module: "a.b.mjs" })).rejects.toThrow(/no dot/);
});

test("closing ends the process and frees the port, more than once too", async () => {
  const host = await start("busy");
  const pid = Number(await (await fetch(host.url)).text());
  await host.close();
  await host.close();
  expect(() => process.kill(pid, 0)).toThrow();
  await expect(fetch(host.url)).rejects.toThrow();
});
