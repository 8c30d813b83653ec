import { fileURLToPath } from "node:url";
import { gcp } from "@portico/testing/hosts";
import { afterEach, expect, test } from "vitest";
import { type ServerHost, until } from "./server-checks.js";

const module = fileURLToPath(new URL("./messages/gcp.mjs", import.meta.url));
const nodePath = process.env.PORTICO_NODE;
const hosts: ServerHost[] = [];

afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));

async function start(name: string, env: Record<string, string> = {}): Promise<ServerHost> {
  const host = await gcp({ module, export: name, nodePath, env });
  hosts.push(host);
  return host;
}

const json = { "content-type": "application/json" };
const push = (text: string, id = "1", more = {}) => ({
  method: "POST",
  headers: json,
  body: JSON.stringify({
    message: { data: Buffer.from(text).toString("base64"), messageId: id, ...more },
    subscription: "projects/p/subscriptions/s",
  }),
});
const cloudEvent = (type: string, body: string | Uint8Array<ArrayBuffer>, more: Record<string, string> = {}) => ({
  method: "POST",
  headers: { ...json, "ce-specversion": "1.0", "ce-id": "e1", "ce-source": "//s", "ce-type": type, ...more },
  body,
});

test("a push is answered with what became of it", async () => {
  const { url } = await start("work");
  const statuses = ["done", "retry", "dead", "throw"].map(
    async (text, id) => (await fetch(url, push(text, String(id)))).status,
  );
  expect(await Promise.all(statuses)).toEqual([204, 500, 500, 500]);
});

test("a handler that never settles is given up before its deadline", async () => {
  const { url } = await start("work");
  const startMs = performance.now();
  expect((await fetch(url, push("hang"))).status).toBe(500);
  expect(performance.now() - startMs).toBeLessThan(3_500);
});

test("with an event trigger, whose deployment says cloudevent, nothing is lost that the framework's own parser loses", async () => {
  const host = await start("work", { FUNCTION_SIGNATURE_TYPE: "cloudevent" });
  expect((await fetch(host.url, push("done", "first"))).status).toBe(204);
  const message = '{"message":{"data":"ZG9uZQ=="},"subscription":"projects/p/subscriptions/s"}';
  const type = "google.cloud.pubsub.topic.v1.messagePublished";
  expect((await fetch(host.url, cloudEvent(type, message))).status).toBe(204);
  await until(() => host.logs.includes("ended first") && host.logs.includes("ended e1"));
});

test("SIGTERM waits for the message under way, where the framework alone would drop it", async () => {
  const host = await start("work");
  const answer = fetch(host.url, push("wait 800"));
  await until(() => host.logs.includes("began 1"));
  process.kill(host.pid, "SIGTERM");
  expect((await answer).status).toBe(204);
  expect((await host.ended).code).toBe(0);
});

test("Cloud Tasks: the delay is kept, the sink acknowledges, and a body without a content type arrives", async () => {
  const host = await start("tasks");
  const task = async (body: string) => {
    const headers = { "x-cloudtasks-taskname": body, "x-cloudtasks-queuename": "q" };
    const answer = await fetch(host.url, { method: "POST", headers, body: Buffer.from(body) });
    return [answer.status, answer.headers.get("retry-after")];
  };
  expect(await task("done")).toEqual([204, null]);
  expect(await task("retry")).toEqual([503, "7"]);
  expect(await task("dead")).toEqual([204, null]);
  expect(host.logs).toContain("sunk dead never");
});

test.each([
  ["news", push("a", "m1"), "got topic m1"],
  ["track", push("a", "m1", { orderingKey: "k" }), "got stream m1"],
  [
    "files",
    cloudEvent("google.cloud.storage.object.v1.finalized", '{"bucket":"b","name":"é"}'),
    "got object é created",
  ],
  [
    "documents",
    cloudEvent(
      "google.cloud.firestore.document.v1.created",
      Buffer.from("0a160a07636f6c2f646f63120b0a0161120610ffffffff07", "hex"),
      {
        "content-type": "application/protobuf",
      },
    ),
    'got change col {"a":2147483647}',
  ],
  ["audit", cloudEvent("com.acme.a", "{}"), "got event e1"],
  [
    "nightly",
    {
      headers: {
        "x-cloudscheduler": "true",
        "x-cloudscheduler-jobname": "j",
        "x-cloudscheduler-scheduletime": "2026-01-02T03:00:00Z",
      },
    },
    "got schedule j/2026-01-02T03:00:00Z",
  ],
] as const)("%s gets its event, and refuses a foreign one", async (name, request, line) => {
  const host = await start(name);
  expect((await fetch(host.url, request as RequestInit)).status).toBe(204);
  await until(() => host.logs.includes(line));
  const foreign = name === "audit" ? push("a") : cloudEvent("google.cloud.build.v1.finished", "{}");
  expect((await fetch(host.url, foreign)).status).toBe(500);
  await until(() => host.logs.some((one) => one.includes("was expected, and this is")));
});

test("invoke answers JSON with JSON", async () => {
  const { url } = await start("quote");
  expect(await (await fetch(url, { method: "POST", headers: json, body: '{"n":2}' })).json()).toEqual({ total: 4 });
});
