// The first touch of a store in a new process, by provider: the SDK's loading, its client, the first request.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { summarise } from "../measure.mjs";

const script = fileURLToPath(new URL("../storage-cold-start.mjs", import.meta.url));

export const figures = [
  {
    file: "storage",
    name: "storage-first-touch",
    title: "The first touch of a store in a new process, unbundled: CPU",
    unit: "ms",
    async run({ quick, onRound }) {
      onRound("a process for each touch");
      const lines = execFileSync(process.execPath, [script, quick ? "3" : "9"], { encoding: "utf8" }).split("\n");
      const rows = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
      return summarise(
        rows.map(({ provider, cpuMsOfEach }) => ({ name: provider, samples: cpuMsOfEach })),
        { hasRatio: false },
      );
    },
  },
];
