// CPU time per call. Every contestant has a process of its own, as it would have in production, so that nobody runs on code that others
// have shaped. They take turns: every round asks each for one sample, in a new order, and ratios are taken within a round.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export const effort = { rounds: 15, warmUpMs: 1500, sampleMs: 20 };
export const quickEffort = { rounds: 7, warmUpMs: 300, sampleMs: 10 };

const script = fileURLToPath(new URL("contestant.mjs", import.meta.url));

/** Measures a figure; the first contestant is the floor. Gives `{ contestant, median, p25, p75, ratioToBare }` of each. */
export async function measure(figure, names, { rounds, warmUpMs, sampleMs }, onRound) {
  const runners = [];
  try {
    for (const name of names) {
      onRound(`warming up ${name}`);
      const runner = start(figure.file, figure.name, name);
      runners.push(runner);
      await runner.ask({ warmUpMs, sampleMs });
    }
    for (let round = 1; round <= rounds; round += 1) {
      onRound(`round ${round} of ${rounds}`);
      for (const runner of shuffled(runners)) runner.samples.push(await runner.ask({}));
    }
  } finally {
    for (const { child } of runners) if (child.connected) child.disconnect();
  }
  return summarise(runners.map(({ name, samples }) => ({ name, samples })));
}

/** Medians of samples by round. There are no ratios to a floor that is close to nothing. */
export function summarise(all, { hasRatio = true } = {}) {
  const [floor] = all;
  return all.map(({ name, samples }) => ({
    contestant: name,
    ...spread(samples),
    ratioToBare: hasRatio ? spread(samples.map((value, round) => value / floor.samples[round])).median : null,
  }));
}

function start(file, figure, name) {
  const child = fork(script, [file, figure, name], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    // The collector on the same thread: on a busy machine its helpers spin, and their time would be taken for work.
    execArgv: ["--single-threaded-gc"],
  });
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const ask = (message) =>
    new Promise((resolve, reject) => {
      const onExit = () => reject(new Error(`${figure}, ${name}: the process ended.\n${errors}`));
      child.once("exit", onExit);
      child.once("message", (answer) => {
        child.off("exit", onExit);
        resolve(answer);
      });
      child.send(message);
    });
  return { name, child, ask, samples: [] };
}

export function spread(values) {
  const sorted = [...values].sort((one, two) => one - two);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  return { median: at(0.5), p25: at(0.25), p75: at(0.75) };
}

export function shuffled(list) {
  const items = [...list];
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [items[last], items[other]] = [items[other], items[last]];
  }
  return items;
}
