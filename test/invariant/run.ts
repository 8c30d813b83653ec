import type { Clock } from "./clock.js";
import { Choices, type History } from "./history.js";
import { type Answer, type Fault, type Model, timeMs } from "./model.js";
import { Process, World } from "./world.js";

const mostDeliveries = 200;
const mostLeft = 50;
const lost: Answer = { ok: false, lost: true };

/** Plays a history to its end; gives the breaches. */
export async function play(model: Model, history: History, clock: Clock, fault?: Fault): Promise<readonly string[]> {
  clock.clear();
  const world = new World(history, clock, model.ordered);
  const platform = model.start(world, history, new Choices(history.choices));
  const allowedMs = model.timeMs ?? timeMs;
  let entry = model.entry(world, world.process);
  for (let count = 0; count < mostDeliveries; count += 1) {
    const delivery = platform.next();
    if (!delivery) break;
    const accident = history.accidents[count] ?? { kind: "none" };
    const { process } = world;
    process.begun = 0;
    process.crashAt = accident.kind === "crash" ? accident.at : Number.POSITIVE_INFINITY;
    if (fault === "overlap") entry = model.entry(world, process);
    const event = tamper(model, delivery.event as never, fault);
    const answer = await deliver(entry(event, clock.nowMs + allowedMs), world, clock, allowedMs);
    const answered = accident.kind === "lost" ? lost : answer;
    delivery.settle(fault === "loss" && !model.lose ? { ok: true, result: model.success } : answered);
    if (accident.kind === "lost" && accident.dies) process.alive = false;
    process.age += 1;
    if (process.alive) continue;
    world.process = new Process();
    entry = model.entry(world, world.process);
  }
  if (platform.next()) world.breaches.push(`not at its end after ${mostDeliveries} deliveries`);
  const breaches = [...world.breaches];
  // Lets what was abandoned end, so that no adapter remembers it.
  for (let count = 0; count < mostLeft && clock.leap(Number.POSITIVE_INFINITY); count += 1) await clock.quiet();
  return breaches;
}

function tamper(model: Model, event: never, fault: Fault | undefined): unknown {
  if (fault === "reordering") return model.reorder?.(event);
  return fault === "loss" && model.lose ? model.lose(event) : event;
}

/** The answer to a delivery, or its failure when the process dies or the time is up. */
async function deliver(work: Promise<unknown>, world: World, clock: Clock, allowedMs: number): Promise<Answer> {
  const { process } = world;
  const endMs = clock.nowMs + allowedMs;
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
    if (!process.alive) return lost;
    if (answer) return answer;
    if (clock.leap(endMs)) continue;
    world.breaches.push("not answered in time");
    process.alive = false;
    return lost;
  }
}
