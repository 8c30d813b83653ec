// The process of one contestant: warms it up, and takes a sample whenever it is asked for one.
const [file, figureName, name] = process.argv.slice(2);
const { figures } = await import(`./figures/${file}.mjs`);
const figure = figures.find((one) => one.name === figureName);
const { call, fresh } = await figure.enter(name);
const { perCall = 1 } = figure;
let calls = 0;

// Arguments are made ahead by the block, outside the time that is taken; a block is small enough for them to be in the processor's cache,
// as an event is that was parsed just now.
const block = Math.max(1, Math.floor(50 / perCall));

process.on("message", async ({ warmUpMs, sampleMs }) => {
  if (warmUpMs !== undefined) calls = await warmUp(warmUpMs * 1000, sampleMs * 1000);
  // What others have pushed out of the caches since the last time is not its fault.
  await sample(Math.ceil(calls / 5));
  process.send((await sample(calls)) / perCall);
});

async function warmUp(warmUpUs, sampleUs) {
  let size = Math.ceil(16 / perCall);
  let perOne = 0;
  for (let spent = 0; spent < warmUpUs; spent += Math.max(1, perOne * size)) {
    perOne = await sample(size);
    if (perOne * size < sampleUs) size = Math.min(size * 2, 100_000);
  }
  return Math.max(Math.ceil(8 / perCall), Math.round(sampleUs / Math.max(perOne, 0.01)));
}

/** Microseconds of CPU per call: user and system, the collector's threads too. */
async function sample(count) {
  let spent = 0;
  for (let left = count; left > 0; left -= block) {
    const args = Array.from({ length: Math.min(block, left) }, fresh);
    const start = process.cpuUsage();
    for (const one of args) await call(...one);
    const { user, system } = process.cpuUsage(start);
    spent += user + system;
  }
  return spent / count;
}
