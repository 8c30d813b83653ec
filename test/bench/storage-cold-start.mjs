// What the first touch of a store costs a process that has just begun: the SDK's loading, the client, and the first request, which is
// answered at once by a server on this machine. JSON lines first, then a table. It reads the built packages: `npm run build` before.
// Usage: node test/bench/storage-cold-start.mjs [runs]
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const runs = Number(process.argv[2] ?? 7);
const script = fileURLToPath(import.meta.url);

if (process.argv[2] === "--touch") await touch(process.argv[3]);
else await measure();

/** In a process of its own: one `exists`, its time and what it made Node load. */
async function touch(binding) {
  const { openStore } = await import("@portico/services");
  const store = openStore(binding);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await store.exists("nothing").catch(() => undefined);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }));
  process.exit(0);
}

async function measure() {
  const server = createServer((_request, response) => response.writeHead(404).end());
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const bindings = {
    memory: "mem://bench",
    file: "file:///tmp/portico-bench",
    S3: `s3://bucket?region=us-east-1&endpoint=${url}`,
    "Azure Blob": "azblob://devstoreaccount1/bucket?connection=BENCH_CONNECTION",
    "Cloud Storage": `gs://bucket?endpoint=${url}`,
  };
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    BENCH_CONNECTION: `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=dGVzdA==;BlobEndpoint=${url}/devstoreaccount1;`,
  };
  const rows = [];
  for (const [provider, binding] of Object.entries(bindings)) {
    const all = [];
    for (let run = 0; run < runs; run += 1) all.push(await child(binding, env));
    const row = {
      figure: "storage-cold-start",
      provider,
      runs,
      wallMs: median(all, "wallMs"),
      cpuMs: median(all, "cpuMs"),
      cpuMsOfEach: all.map(({ cpuMs }) => cpuMs),
    };
    rows.push(row);
    console.log(JSON.stringify(row));
  }
  server.close();
  console.log("\n| provider | first touch, ms | of it CPU, ms |\n|---|---:|---:|");
  for (const { provider, wallMs, cpuMs } of rows) console.log(`| ${provider} | ${wallMs} | ${cpuMs} |`);
}

function child(binding, env) {
  return new Promise((resolve, reject) => {
    const started = spawn(process.execPath, [script, "--touch", binding], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    started.stdout.setEncoding("utf8").on("data", (text) => (output += text));
    started.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`${binding}: ${code}`)),
    );
  });
}

function median(all, name) {
  const sorted = all.map((one) => one[name]).sort((one, two) => one - two);
  return Math.round(sorted[Math.floor(sorted.length / 2)] * 10) / 10;
}
