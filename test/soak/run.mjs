// `npm run soak`: each adapter under 200,000 invocations in one process, and each cloud's own runtime under 20,000 requests. Every reply has to
// come and be right, and the heap, or the process, may not grow with their number.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Agent, request as send } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { aws, azure, gcp, node } from "@portico/testing/hosts";

const { values } = parseArgs({ options: { invocations: { type: "string" }, requests: { type: "string" } } });
const invocations = Number(values.invocations ?? 200_000);
const requests = Number(values.requests ?? 20_000);
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
let failed = false;

for (const name of ["aws-http", "aws-sqs", "azure", "gcp", "node"]) {
  const args = ["--expose-gc", path("in-process.mjs"), name, String(invocations)];
  const { wrong, grownBytes } = JSON.parse(
    execFileSync(process.execPath, args, { encoding: "utf8" }).trim().split("\n").at(-1),
  );
  report(`${name}, in one process`, invocations, wrong, `${(grownBytes / 1024).toFixed(0)} kB`, grownBytes < 2_000_000);
}

const hosts = {
  aws: () => aws({ module: path("hosts/aws.mjs"), export: "handler" }),
  azure: () => azure({ module: path("hosts/azure.mjs"), export: "orders" }),
  gcp: () => gcp({ module: path("hosts/gcp.mjs"), export: "orders" }),
  node: () => node({ module: path("../runtime/node/server.mjs") }),
};
for (const [name, start] of Object.entries(hosts)) {
  const others = children();
  const host = await start();
  try {
    const started = children().filter((pid) => !others.includes(pid));
    const url = name === "node" ? `${host.url}/slow/0` : `${host.url}${name === "azure" ? "/api" : ""}/orders/7`;
    // What a process needs it has by half time; what it takes after that it never gives back.
    let wrong = await load(url, requests / 2);
    const before = residentBytes(started);
    wrong += await load(url, requests / 2);
    const grown = residentBytes(started) - before;
    const size = Number.isNaN(grown)
      ? "what this system does not tell"
      : `${(grown / 1024).toFixed(0)} of ${(before / 1024).toFixed(0)} kB resident`;
    report(`${name}, its own runtime`, requests, wrong, size, !(grown > 32_000_000));
  } finally {
    await host.close();
  }
}
process.exitCode = failed ? 1 : 0;

function report(what, count, wrong, grown, isFlat) {
  const ok = wrong === 0 && isFlat;
  failed ||= !ok;
  console.log(`${ok ? "ok    " : "FAILED"}  ${what}: ${count} answered, ${wrong} wrong, grown by ${grown}`);
}

/** The processes of the hosts that run, by their ids. */
function children() {
  if (process.platform !== "linux") return [];
  return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ").filter(Boolean);
}

/** NaN where the system does not tell. */
function residentBytes(pids) {
  if (pids.length === 0) return Number.NaN;
  return pids
    .map((pid) => Number(/VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024)
    .reduce((total, bytes) => total + bytes);
}

async function load(url, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  let left = count;
  let wrong = 0;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      if ((await get(url, agent)) !== 200) wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  agent.destroy();
  return wrong;
}

function get(url, agent) {
  return new Promise((resolve) => {
    const request = send(url, { agent }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
    });
    request.on("error", () => resolve(0));
    request.end();
  });
}
