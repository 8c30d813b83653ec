import { fileURLToPath } from "node:url";
import { node } from "@portico/testing/hosts";
import { afterEach, expect, test } from "vitest";
import { type ServerHost, until } from "./server-checks.js";

const module = fileURLToPath(new URL("./messages/node.mjs", import.meta.url));
const nodePath = process.env.PORTICO_NODE;
const hosts: ServerHost[] = [];

afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));

async function start(): Promise<ServerHost> {
  const host = await node({ module, nodePath });
  hosts.push(host);
  return host;
}

const cloudEvent = (type: string, body: string, id = "e1", source = "/s") => ({
  method: "POST",
  headers: {
    "content-type": "application/json",
    "ce-specversion": "1.0",
    "ce-id": id,
    "ce-source": source,
    "ce-type": type,
  },
  body,
});

test("one server takes every kind, each by its CloudEvents", async () => {
  const host = await start();
  const send = async (path: string, request: RequestInit) => (await fetch(host.url + path, request)).status;
  expect(await send("/queue/orders", cloudEvent("x", '"a"', "q1"))).toBe(204);
  expect(await send("/topic/news", cloudEvent("x", "1", "t1"))).toBe(204);
  expect(await send("/", cloudEvent("x", "1", "s1", "//track"))).toBe(204);
  expect(await send("/", cloudEvent("dev.portico.object.created", '{"bucket":"b","key":"f","action":"created"}'))).toBe(
    204,
  );
  expect(
    await send(
      "/",
      cloudEvent("dev.portico.change.insert", '{"table":"col","key":{"id":"1"},"action":"insert","after":{"a":1}}'),
    ),
  ).toBe(204);
  expect(await send("/", cloudEvent("com.acme.a", "{}", "v1"))).toBe(204);
  const lines = [
    "ended q1",
    "got topic t1",
    "got stream s1",
    "got object f created",
    'got change col {"a":1}',
    "got event v1",
  ];
  await until(() => lines.every((line) => host.logs.includes(line)));
  expect(await send("/", cloudEvent("other", "{}"))).toBe(500);
  expect(await send("/", cloudEvent("other", "{"))).toBe(400);
  const call = { method: "POST", headers: { "content-type": "application/json" }, body: '{"n":2}' };
  expect(await (await fetch(`${host.url}/quote`, call)).json()).toEqual({ total: 4 });
});

test("what is to be sent again says so, and when", async () => {
  const { url } = await start();
  const send = async (text: string) => {
    const { headers, ...request } = cloudEvent("x", text, text);
    const answer = await fetch(`${url}/queue/orders`, {
      ...request,
      headers: { ...headers, "content-type": "text/plain" },
    });
    return [answer.status, answer.headers.get("retry-after")];
  };
  expect(await send("retry")).toEqual([503, "7"]);
  expect(await send("dead")).toEqual([500, null]);
  expect(await send("throw")).toEqual([500, null]);
  expect(await send("hang")).toEqual([500, null]);
});

test("schedules run in the process, and SIGTERM waits for the run under way", async () => {
  const host = await start();
  await until(() => host.logs.some((line) => line.startsWith("tick 2")));
  process.kill(host.pid, "SIGTERM");
  expect((await host.ended).code).toBe(0);
  const begun = host.logs.filter((line) => line.startsWith("tick 2"));
  expect(host.logs.filter((line) => line === "tick ended")).toHaveLength(begun.length);
});
