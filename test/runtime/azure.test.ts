import { execFile } from "node:child_process";
import { type IncomingMessage, request as send } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Host } from "@portico/testing/hosts";
import { azure } from "@portico/testing/hosts/azure";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const module = new URL("azure/app.mjs", import.meta.url);
const nodePath = process.env.PORTICO_NODE;
const node = nodePath === undefined ? {} : { nodePath };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const entries = (host: Host) => host.logs.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 5000) throw new Error("it did not happen within 5 seconds");
    await pause(20);
  }
}

describe.each([
  ["buffered", "0"],
  ["streaming", "1"],
] as const)("a function app, %s", (mode, STREAMING) => {
  const streams = mode === "streaming";
  let host: Host;
  beforeAll(async () => {
    host = await azure({ ...node, module, env: { STREAMING } });
  });
  afterAll(() => host.close());
  const call = (path: string, init?: RequestInit) => fetch(`${host.url}/api${path}`, init);

  test("answers JSON with what it received", async () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const response = await call("/tenants/a%20b/orders?x=1&x=2", {
      method: "POST",
      body: '{"name":"wörld"}',
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate: "a=1" },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.has("x-ms-invocation-id")).toBe(streams);
    const body = (await response.json()) as { id: string };
    expect(body).toMatchObject({
      input: { name: "wörld" },
      params: { tenant: "a b" },
      query: [
        ["x", "1"],
        ["x", "2"],
      ],
      trace: { traceId, sampled: true, traceState: "a=1" },
    });
    await until(() => entries(host).some(({ message }) => message === "order received"));
    expect(entries(host).find(({ message }) => message === "order received")).toMatchObject({
      level: "info",
      invocationId: body.id,
      functionName: "create",
      tenant: "a b",
    });
  });

  test("has one path, whatever the platform adds and decodes", async () => {
    const echo = async (path: string, init?: RequestInit) => (await call(path, init)).json();
    expect(await echo("/echo/a%2Fb/caf%c3%a9%20?q=%20")).toMatchObject({
      method: "GET",
      path: "/echo/a%2Fb/caf%C3%A9%20",
      rest: "a/b/café ",
      url: `${host.url}/echo/a%2Fb/caf%C3%A9%20?q=%20`,
      basePath: "/api",
      clientIp: "127.0.0.1",
      identity: null,
    });
    expect(await echo("")).toEqual({ path: "/", base: "/api" });
    expect(await echo("/")).toEqual({ path: "/", base: "/api" });
    expect(await echo("/echo/x", { method: "OPTIONS" })).toMatchObject({ method: "OPTIONS" });
    expect((await call("/echo/x", { method: "HEAD" })).status).toBe(200);
    expect((await call("/echo/%ff")).status).toBe(400);
  });

  test("leaves unknown paths and methods to the host, which answers 404", async () => {
    expect((await call("/nothing")).status).toBe(404);
    expect((await call("/tenants/a/orders")).status).toBe(404);
    expect((await fetch(`${host.url}/tenants/a/orders`)).status).toBe(404);
  });

  test("takes and gives binary exactly", async () => {
    const sent = Buffer.from(Array.from({ length: 256 * 1024 }, (_, index) => index % 256));
    const response = await call("/binary", { method: "POST", body: sent });
    expect(Buffer.from(await response.arrayBuffer()).equals(sent)).toBe(true);
  });

  test("refuses a body over the limit, and goes on", async () => {
    expect((await call("/length", { method: "POST", body: Buffer.alloc(30_000_000) })).status).toBe(413);
    expect(await (await call("/length", { method: "POST", body: "abc" })).json()).toEqual({ chunks: [3], total: 3 });
  });

  test("gets a body without a length, or says that it did not", async () => {
    const body = new Blob(["abc"]).stream();
    const response = await call("/length", { method: "POST", body, duplex: "half" } as RequestInit);
    if (streams) expect(await response.json()).toEqual({ chunks: [3], total: 3 });
    else expect(response.status).toBe(400);
  });

  test("sets several cookies", async () => {
    const response = await call("/cookies/all");
    expect(response.headers.getSetCookie()).toEqual(
      streams
        ? [
            "plain=1; Path=/; HttpOnly",
            "encoded=x%20y%3B%3D%C3%A9; Max-Age=60; Secure; SameSite=None",
            "gone=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/",
            "chips=a+b==; Domain=my_host.example; Secure; Partitioned; SameSite=Lax",
          ]
        : [
            "chips=a+b==; Domain=my_host.example; Secure; Partitioned; SameSite=Lax",
            "plain=1; path=/; httponly",
            "encoded=x%20y%3B%3D%C3%A9; max-age=60; path=; secure; samesite=none",
            "gone=; max-age=0; path=/",
          ],
    );
  });

  test("sets a single cookie as it was written", async () => {
    const response = await call("/cookies/one");
    expect(response.headers.getSetCookie()).toEqual([
      "chips=a+b==; Domain=my_host.example; Secure; Partitioned; SameSite=Lax",
    ]);
  });

  test("streams chunk by chunk where it can", async () => {
    const arrivals: number[] = [];
    const response = await call("/stream");
    const parts: string[] = [];
    for await (const chunk of response.body ?? []) {
      arrivals.push(performance.now());
      parts.push(Buffer.from(chunk as Uint8Array).toString());
    }
    expect(parts.join("")).toBe("chunk 0;chunk 1;chunk 2;");
    const spread = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
    if (streams) expect(spread).toBeGreaterThan(150);
    else expect(spread).toBeLessThan(100);
  });

  test("makes an error of a stream that fails before its first chunk", async () => {
    const response = await call("/fails/0");
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ status: 500, code: "INTERNAL" });
  });

  test("lets nobody take a stream that fails midway for whole", async () => {
    const response = await call("/fails/2");
    if (streams) await expect(response.text()).rejects.toThrow();
    else expect(response.status).toBe(500);
    await until(() => entries(host).filter(({ error }) => error?.message === "the source broke").length >= 2);
  });

  test.each(["/never", "/silent-stream"])("gives up on %s", async (path) => {
    const response = await call(path);
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: "TIMEOUT" });
  });

  test.each([
    ["/throws/undefined", 500],
    ["/throws/null", 500],
    ["/throws/known", 409],
    ["/throws/unknown", 500],
    ["/odd/nothing", 500],
    ["/odd/text", 500],
    ["/odd/status", 500],
  ])("answers %s with %i and a problem", async (path, status) => {
    const response = await call(path);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.text()).not.toContain("secret");
  });

  test("adds no content type", async () => {
    const response = await call("/odd/untyped");
    expect(response.headers.get("content-type")).toBeNull();
    expect(await response.text()).toBe("untyped");
  });

  test("sends no body where there is none, and a web-standard Response as it is", async () => {
    expect((await call("/odd/empty")).status).toBe(204);
    const native = await call("/odd/native");
    expect([native.status, native.headers.get("x-native"), await native.text()]).toEqual([202, "1", "native"]);
  });

  if (streams) {
    test("notices that the client left", async () => {
      const client = send(`${host.url}/api/waits`);
      client.on("error", () => undefined).end();
      const [response] = await new Promise<[IncomingMessage]>((resolve) =>
        client.once("response", (given) => resolve([given])),
      );
      await new Promise((resolve) => response.once("data", resolve));
      client.destroy();
      await until(() => entries(host).some(({ message, code }) => message === "left" && code === "CANCELLED"));
    });

    test("does not run ahead of a client that reads slowly, and ends with it", async () => {
      const client = send(`${host.url}/api/endless`);
      client.on("error", () => undefined).end();
      await new Promise((resolve) => client.once("response", resolve));
      await pause(400);
      const sent = () => entries(host).filter(({ message }) => message === "sent").length;
      const before = sent();
      await pause(200);
      expect(sent()).toBe(before);
      expect(before).toBeLessThan(64);
      client.destroy();
      await until(() => entries(host).some(({ message, aborted }) => message === "stream over" && aborted === true));
    });
  } else {
    test("refuses to collect what never ends", async () => {
      expect((await call("/endless")).status).toBe(500);
    });
  }
});

test("a shutdown aborts what is under way, and its reply still leaves", async () => {
  const host = await azure({ ...node, module, export: "term" });
  const answer = fetch(`${host.url}/api/until-shutdown`).then((response) => response.text());
  await until(() => entries(host).some(({ message }) => message === "waiting"));
  await host.close();
  expect(await answer).toBe("stopped");
  expect(entries(host).at(-1)).toMatchObject({ message: "shutting down", code: "CANCELLED" });
});

test("the host's own timeout costs the process, and the next request has a new one", async () => {
  await using host = await azure({ ...node, module, functionTimeoutMs: 200 });
  expect((await fetch(`${host.url}/api/until-shutdown`)).status).toBe(500);
  expect((await fetch(`${host.url}/api/`)).status).toBe(200);
});

test("an app that does not come up says why", async () => {
  const missing = new URL("azure/missing.mjs", import.meta.url);
  await expect(azure({ module: missing })).rejects.toThrow(/missing\.mjs/);
  await expect(azure({ module, export: "nobody" })).rejects.toThrow(/No function nobody .*create/);
});

test("the adapter builds no web object beside those of Azure's library", async () => {
  const script = fileURLToPath(new URL("azure/count-web-objects.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(nodePath ?? process.execPath, [script]);
  const { bare, portable } = JSON.parse(stdout);
  expect(bare).toMatchObject({ status: "201", counts: { Request: 1, Response: 1 } });
  expect(portable).toEqual(bare);
});
