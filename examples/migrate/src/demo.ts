// Runs the existing functions of every cloud on every cloud's own runtime, and prints the table: source by target, by kind.
import type { Host } from "@portico/testing/hosts";
import { clouds, type Deployment, type Origin, origins } from "./demo/clouds.js";
import { type Cell, report } from "./demo/report.js";
import { ask, webFunctions } from "./demo/requests.js";
import { type Step, steps } from "./demo/steps.js";

const hosts: Host[] = [];
process.setMaxListeners(64); // each host watches for the end of this process
const progress = (text: string) => process.stdout.isTTY && process.stdout.write(`\r\u001b[2K${text}`);

try {
  const cells: Cell[] = [];
  for (const cloud of clouds) {
    progress(`${cloud.name}: starting ...`);
    const deployment = await cloud.start((host) => {
      hosts.push(host);
      return host;
    });
    for (const web of webFunctions) {
      progress(`${cloud.name}: ${web.name}`);
      const troubles = await ask(deployment.url, web).catch((error: unknown) => [String(error)]);
      cells.push({ row: "http", from: web.name, on: cloud.name, troubles });
    }
    for (const from of origins) {
      for (const step of steps) {
        progress(`${cloud.name}: ${from}, ${step.kind}`);
        const troubles = await run(deployment, from, step).catch((error: unknown) => [String(error)]);
        cells.push({ row: step.kind, from, on: cloud.name, troubles });
      }
    }
    await Promise.all(hosts.splice(0).map((host) => host.close()));
  }
  progress("");
  process.exitCode = report(cells) ? 0 : 1;
} finally {
  await Promise.all(hosts.map((host) => host.close()));
}

async function run(deployment: Deployment, from: Origin, step: Step): Promise<string[]> {
  const { meaning, answer, log } = await deployment.fire(from, step);
  const troubles: string[] = [];
  if (meaning !== step.meaning) troubles.push(`${step.what}: ${meaning}, not ${step.meaning}`);
  if (JSON.stringify(answer) !== JSON.stringify(step.answer)) {
    troubles.push(`${step.what}: answered ${JSON.stringify(answer)}, not ${JSON.stringify(step.answer)}`);
  }
  // The log comes through a pipe, so perhaps after the outcome.
  for (let waitedMs = 0; step.says && !step.says.test(log()); waitedMs += 20) {
    if (waitedMs > 2000) {
      troubles.push(`${step.what}: the log does not have ${step.says}: ${log().split("\n").slice(-4).join(" | ")}`);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return troubles;
}
