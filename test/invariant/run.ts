import type { Clock } from "./clock.js";
import { Choices, type History } from "./history.js";
import type { Answer, Fault, Model } from "./model.js";
import { Process, World } from "./world.js";

/** What the platform gives one delivery. */
const timeMs = 1000;
const mostDeliveries = 200;
/** After so many deliveries a process is replaced, which frees what never settles. */
const oldAge = 4;

/** Plays a history to its end; gives the breaches. */
export async function play(model: Model, history: History, clock: Clock, fault?: Fault): Promise<readonly string[]> {
  clock.clear();
  const world = new World(history, clock, model.ordered);
  const platform = model.start(world, history, new Choices(history.choices));
  let entry = model.entry(world, world.process);
  for (let count = 0; count < mostDeliveries; count += 1) {
    const delivery = platform.next();
    if (!delivery) break;
    const accident = history.accidents[count] ?? { kind: "none" };
    const { process } = world;
    process.begun = 0;
    process.crashAt = accident.kind === "crash" ? accident.at : Number.POSITIVE_INFINITY;
    if (fault === "overlap") entry = model.entry(world, process);
    const event = fault === "reordering" ? model.reorder?.(delivery.event as never) : delivery.event;
    const answer = await deliver(entry(event, clock.nowMs + timeMs), world, clock);
    const answered = accident.kind === "lost" ? { ok: false as const } : answer;
    delivery.settle(fault === "loss" ? { ok: true, result: model.success } : answered);
    if (accident.kind === "lost" && accident.dies) process.alive = false;
    if (++process.age >= oldAge) process.alive = false;
    if (process.alive) continue;
    world.process = new Process();
    entry = model.entry(world, world.process);
  }
  if (platform.next()) world.breaches.push(`not at its end after ${mostDeliveries} deliveries`);
  return world.breaches;
}

/** The answer to a delivery, or its failure when the process dies or the time is up. */
async function deliver(work: Promise<unknown>, world: World, clock: Clock): Promise<Answer> {
  const { process } = world;
  const endMs = clock.nowMs + timeMs;
  let answer: Answer | undefined;
  work.then(
    (result) => {
      answer = { ok: true, result: JSON.parse(JSON.stringify(result ?? null)) };
    },
    () => {
      answer = { ok: false };
    },
  );
  for (;;) {
    await clock.quiet();
    if (!process.alive) return { ok: false };
    if (answer) return answer;
    if (clock.leap(endMs)) continue;
    world.breaches.push("not answered in time");
    process.alive = false;
    return { ok: false };
  }
}
