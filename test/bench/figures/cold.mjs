// The start of a process: CPU time for loading the bundle and answering the first event, over a process that loads nothing; and what there is
// to load.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shuffled, summarise } from "../measure.mjs";
import { payloadV2 } from "../work/lambda.mjs";
import { requests } from "../work/orders.mjs";
import { builds } from "../work/portico.mjs";

const ours = builds.flatMap((build) => [build.replace("portico", "portico, one function"), build]);
const peers = ["middy", "hono", "h3", "powertools", "serverless-http-koa", "serverless-http-express", "fastify"];
const names = ["bare", ...ours, ...peers];

/** The bundle of one function, in a function that nobody calls: what it takes to read it, and nothing else. */
const onlyRead = "portico, one function, only read";
const toOnlyRead = (text) =>
  `export const handler = async () => ({ statusCode: 201 }); function never() {${text.replace(/export ?\{[^}]*\};?/g, "")}}`;

const figure = (name, title, unit, run) => ({ file: "cold", name, title, unit, run });

export const figures = [
  figure("cold-start", "Cold start, bundled: CPU over an empty process until the first reply", "ms", (how) =>
    runCold(how, "cpuMs"),
  ),
  figure("cold-import", "Cold start, bundled: time to load the bundle, over an empty one", "ms", (how) =>
    runCold(how, "importMs"),
  ),
  figure("bundle-size", "Bundle, minified and gzipped", "bytes", () => weigh(({ gzipBytes }) => gzipBytes)),
  figure("bundle-modules", "Bundle, modules in it", "modules", () => weigh(({ modules }) => modules)),
];

async function weigh(read) {
  const { bundle } = await import("../bundle.mjs");
  const all = [];
  for (const name of names) all.push({ name, samples: [read(await bundle(name))] });
  return summarise(all);
}

/** One set of processes tells both. */
let measured;

async function runCold(how, field) {
  measured ??= await startAll(how);
  const [empty, ...others] = measured;
  const over = others.map(({ name, samples }) => ({
    name,
    samples: samples.map((sample, at) => sample[field] - empty.samples[at][field]),
  }));
  return summarise(over, { hasRatio: false });
}

async function startAll({ quick, onRound }) {
  const { bundle } = await import("../bundle.mjs");
  const folder = mkdtempSync(join(tmpdir(), "portico-bench-"));
  try {
    const entries = [];
    for (const [index, name] of ["empty", ...names].entries()) {
      onRound(`bundling ${name}`);
      const file = join(folder, `${index}.mjs`);
      writeFileSync(file, (await bundle(name)).text);
      entries.push({ name, file, samples: [] });
    }
    const read = join(folder, "only-read.mjs");
    writeFileSync(read, toOnlyRead((await bundle("portico, one function")).text));
    entries.push({ name: onlyRead, file: read, samples: [] });
    const probe = join(folder, "probe.mjs");
    writeFileSync(probe, toProbe());
    const rounds = quick ? 5 : 15;
    for (let round = 1; round <= rounds; round += 1) {
      onRound(`round ${round} of ${rounds}`);
      for (const entry of shuffled(entries)) {
        entry.samples.push(JSON.parse(execFileSync(process.execPath, [probe, entry.file], { encoding: "utf8" })));
      }
    }
    return entries;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function toProbe() {
  return `
    import { pathToFileURL } from "node:url";
    const event = ${payloadV2(requests.post)};
    const context = { awsRequestId: "1", functionName: "orders", invokedFunctionArn: "arn:aws:lambda:eu-west-1:1:function:f", getRemainingTimeInMillis: () => 30000 };
    const url = pathToFileURL(process.argv[2]).href;
    const cpu = process.cpuUsage();
    const start = performance.now();
    const { handler } = await import(url);
    const importMs = performance.now() - start;
    const { statusCode } = await handler(event, context);
    const { user, system } = process.cpuUsage(cpu);
    if (statusCode !== 201) throw new Error("answered " + statusCode);
    console.log(JSON.stringify({ cpuMs: (user + system) / 1000, importMs }));
    process.exit();
  `;
}
