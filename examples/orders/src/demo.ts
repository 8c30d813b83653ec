// Runs the same functions in every runtime, sends each the same requests and its own events, and compares what comes back.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Host } from "@portico/testing/hosts";
import { type Column, judge } from "./demo/judge.js";
import { clouds, type Deployment } from "./demo/kinds/clouds.js";
import { judge as judgeKinds } from "./demo/kinds/judge.js";
import { reportKinds } from "./demo/kinds/report.js";
import { run as runKinds } from "./demo/kinds/run.js";
import { createProgress } from "./demo/progress.js";
import { report } from "./demo/report.js";
import { steps } from "./demo/requests.js";
import { run } from "./demo/run.js";
import { runtimes } from "./demo/runtimes.js";
import { columns as places } from "./demo/storage/places.js";
import { reportStorage } from "./demo/storage/report.js";
import { run as runStorage } from "./demo/storage/run.js";

const keep = process.argv.includes("--keep");
const progress = createProgress(process.stdout);
const hosts: Pick<Host, "close">[] = [];
// Where the table of stores does not say otherwise, attachments go to one folder.
process.env.PORTICO_UPLOADS ??= pathToFileURL(await mkdtemp(join(tmpdir(), "portico-orders-"))).href;
process.setMaxListeners(32); // each host watches for the end of this process
const closeAll = () => Promise.all(hosts.map((host) => host.close()));
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
});
interrupted.then(closeAll).then(() => process.exit(process.exitCode ?? 130));

try {
  progress.show(`starting ${runtimes.length} runtimes ...`);
  const started = await startAll();
  const columns: Column[] = [];
  for (const [index, { runtime, host }] of started.entries()) {
    const stage = `[${index + 1}/${started.length}] ${runtime.title}: ${steps.length} requests`;
    const results = await run(host.url, runtime.base, ({ name }) => progress.show(stage, `· ${name}`));
    columns.push({ runtime, results, logs: host.logs });
  }
  progress.clear();
  const verdicts = judge(columns);
  report(columns, verdicts);
  if (!keep) await closeAll();
  const kindVerdicts = await driveKinds();
  const stored = await driveStorage();
  const wrong = [...verdicts, ...kindVerdicts].flat().some(({ troubles }) => troubles.length > 0);
  process.exitCode = wrong || stored.flat().some(({ trouble }) => trouble !== undefined) ? 1 : 0;

  if (keep) {
    const urls = started.map(({ runtime, host }) => `  ${runtime.title.padEnd(55)} ${host.url}${runtime.base}/`);
    console.log(`\nStill running, until Ctrl-C:\n${urls.join("\n")}`);
    await interrupted;
  }
} finally {
  progress.clear();
  await closeAll();
}

/** Every kind of event, in every cloud. */
async function driveKinds() {
  progress.show("starting the pipeline's functions ...");
  const deployments = await Promise.all(
    clouds.map(async (cloud): Promise<Deployment> => {
      const deployment = await cloud.start();
      hosts.push(...deployment.hosts);
      return deployment;
    }),
  );
  const columns = [];
  for (const [index, cloud] of clouds.entries()) {
    const stage = `[${index + 1}/${clouds.length}] ${cloud.title}`;
    const results = await runKinds(deployments[index] as Deployment, ({ name }) => progress.show(stage, `· ${name}`));
    columns.push({ cloud, results });
  }
  progress.clear();
  const verdicts = judgeKinds(columns);
  reportKinds(clouds, verdicts);
  return verdicts;
}

/** The bucket of the attachments, on other stores. */
async function driveStorage() {
  const results = [];
  for (const [index, { start, title }] of places.entries()) {
    progress.show(`[${index + 1}/${places.length}] ${title}`);
    const place = await start();
    hosts.push(...place.hosts);
    results.push(await runStorage(place));
    if (!keep) await Promise.all(place.hosts.map((host) => host.close()));
  }
  progress.clear();
  reportStorage(places, results);
  return results;
}

async function startAll() {
  const starts = await Promise.allSettled(
    runtimes.map(async (runtime) => {
      const host = await runtime.start();
      hosts.push(host);
      return { runtime, host };
    }),
  );
  return starts.map((start, index) => {
    if (start.status === "rejected")
      throw new Error(`${runtimes[index]?.title} did not start`, { cause: start.reason });
    return start.value;
  });
}
