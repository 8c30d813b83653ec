// Layers that do nothing, as many as given, around a handler that does nothing.
import assert from "node:assert/strict";
import { builds, isPortico, loadPortico } from "../work/portico.mjs";

export const figures = [0, 5, 10, 20].map((count) => ({
  file: "onion",
  name: `onion-${count}`,
  title: `An onion of ${count} layers that do nothing`,
  unit: "us",
  names: ["bare", ...builds, "koa-compose", "hono", "middy"],
  enter: (name) => enter(name, count),
}));

const contestants = {
  // Nested functions: what one would write for this many, and no other.
  bare: (count) => {
    let run = async () => "done";
    for (let index = 0; index < count; index += 1) {
      const inner = run;
      run = async () => inner();
    }
    return run;
  },
  "koa-compose": async (count) => {
    const { default: compose } = await import("koa-compose");
    const layers = Array.from({ length: count }, () => async (_context, next) => next());
    return compose([...layers, async () => "done"]);
  },
  hono: async (count) => {
    const { compose } = await import("../node_modules/hono/dist/compose.js");
    const layers = Array.from({ length: count }, () => [[async (_context, next) => void (await next())]]);
    const run = compose([...layers, [[async () => "done"]]]);
    return async () => (await run({ finalized: false, req: {}, res: undefined })).res;
  },
  middy: async (count) => {
    const { default: middy } = await import("@middy/core");
    const handler = middy(async () => "done");
    for (let index = 0; index < count; index += 1) handler.use({ before: async () => {} });
    return () => handler({}, {});
  },
};

async function portico(build, count) {
  const { compose } = await loadPortico(build, "core/dist/adapter.js");
  const layers = Array.from({ length: count }, () => async (_event, _context, next) => next());
  const run = compose(layers, async () => "done");
  const event = {};
  const context = {};
  return () => run(event, context);
}

async function enter(name, count) {
  const run = await (isPortico(name) ? portico(name, count) : contestants[name](count));
  const context = {};
  assert.equal(await run(context), "done");
  return { call: run, fresh: () => [{}] };
}
