// Google: the CPU time of a server of the functions framework, per request, under 16 connections.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { shuffled, summarise } from "../measure.mjs";
import { newOrder, placed } from "../work/orders.mjs";
import { builds, isPortico } from "../work/portico.mjs";

const require = createRequire(import.meta.url);
const source = fileURLToPath(new URL("../contestants/google.mjs", import.meta.url));
const reportCpu = new URL("../work/report-cpu.mjs", import.meta.url).href;
const root = fileURLToPath(new URL("../../..", import.meta.url));
const connections = 16;

const push = JSON.stringify({
  message: { data: Buffer.from(newOrder).toString("base64"), messageId: "7", publishTime: "2026-01-02T03:04:05.678Z" },
  subscription: "projects/p/subscriptions/orders",
});

export const figures = [
  figure(
    "google-http",
    "Google, POST, server CPU",
    "orders",
    { path: "/orders", body: newOrder, status: 201, reply: placed },
    ["express", "hono", "h3"],
  ),
  figure(
    "google-pubsub",
    "Google, one Pub/Sub message, server CPU",
    "fulfil",
    { path: "/", body: push, status: 204 },
    [],
  ),
];

function figure(name, title, target, work, peers) {
  return {
    file: "google",
    name,
    title,
    unit: "us",
    run: (how) => run(["bare", ...builds, ...peers], target, work, how),
  };
}

async function run(names, target, work, { quick, onRound }) {
  // So many requests until the compiler is done with a server: the framework's own code is most of what it has to do.
  const [warmUp, rounds, requests] = quick ? [1_000, 3, 200] : [8_000, 11, 500];
  const servers = [];
  try {
    for (const name of names) {
      onRound(`warming up ${name}`);
      const server = await start(name, target);
      servers.push(server);
      const { status, body } = await send(server, work);
      assert.equal(status, work.status, name);
      if (work.reply) assert.deepEqual(JSON.parse(body), work.reply, name);
      await load(server, work, warmUp);
    }
    for (let round = 1; round <= rounds; round += 1) {
      onRound(`round ${round} of ${rounds}`);
      for (const server of shuffled(servers)) {
        const before = await cpu(server);
        await load(server, work, requests);
        server.samples.push(((await cpu(server)) - before) / requests);
      }
    }
  } finally {
    for (const { child, agent } of servers) {
      agent.destroy();
      child.kill();
    }
  }
  return summarise(servers);
}

async function start(name, target) {
  const port = await freePort();
  // Two copies of the framework would not know of each other's functions: each build starts its own.
  const from = isPortico(name)
    ? createRequire(join(name === "portico" ? root : process.env.BENCH_BEFORE, "packages/gcp/dist/http.js"))
    : require;
  const main = join(dirname(from.resolve("@google-cloud/functions-framework")), "main.js");
  const child = spawn(
    process.execPath,
    ["--import", reportCpu, main, `--source=${source}`, `--target=${target}`, `--port=${port}`],
    {
      env: { ...process.env, BENCH_CONTESTANT: name, K_SERVICE: target, LOG_LEVEL: "error" },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      output = (output + text).slice(-4000);
    });
  const server = { name, child, port, agent: new Agent({ keepAlive: true, maxSockets: connections }), samples: [] };
  for (let tries = 0; ; tries += 1) {
    if (child.exitCode !== null || tries > 200) throw new Error(`${name} did not start: ${output}`);
    const up = await send(server, { path: "/health", body: "{}" }).catch(() => undefined);
    if (up) return server;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function cpu({ child }) {
  child.send("cpu");
  const [{ user, system }] = await once(child, "message");
  return user + system;
}

async function load(server, work, count) {
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      const { status } = await send(server, work);
      if (status !== work.status) throw new Error(`${server.name} answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
}

function send({ port, agent }, { path, body }) {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const request = httpRequest({ port, host: "127.0.0.1", path, method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode, body: text }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
