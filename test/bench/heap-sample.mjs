// Prints the bytes of heap that an invocation of one contestant takes.
import { figures } from "./figures/lambda-http.mjs";

const { call, fresh } = await figures.find(({ name }) => name === "lambda-v2-post").enter(process.argv[2]);
const count = 400;
for (let round = 0; round < 20; round += 1) for (const args of batch()) await call(...args);
const samples = [];
for (let round = 0; round < 7; round += 1) {
  const all = batch();
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  for (const args of all) await call(...args);
  samples.push((process.memoryUsage().heapUsed - before) / count);
}
console.log(samples.sort((one, two) => one - two)[3]);
process.exit();

function batch() {
  return Array.from({ length: count }, fresh);
}
