// Bytes of heap that one POST takes before the collector has been there.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { summarise } from "../measure.mjs";
import { builds } from "../work/portico.mjs";

const script = fileURLToPath(new URL("../heap-sample.mjs", import.meta.url));
const names = [
  "bare",
  ...builds,
  "middy",
  "hono",
  "h3",
  "powertools",
  "serverless-http-express",
  "fastify",
  "native-fetch",
];

export const figures = [{ file: "heap", name: "heap", title: "Heap per invocation, Lambda POST", unit: "bytes", run }];

function run({ quick, onRound }) {
  const rounds = quick ? 1 : 5;
  const all = names.map((name) => ({ name, samples: [] }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, samples } of all) {
      onRound(`round ${round} of ${rounds}, ${name}`);
      // A young generation that holds all of a sample: nothing is collected while it is taken.
      const options = ["--expose-gc", "--max-semi-space-size=128", "--min-semi-space-size=128", script, name];
      samples.push(
        Number(execFileSync(process.execPath, options, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })),
      );
    }
  }
  return summarise(all);
}
