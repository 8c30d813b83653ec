// `node test/bench/bundle-parts.mjs`: what the bundle of one HTTP function on AWS is made of, by source file; bytes, minified, not compressed.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { setUp } from "./set-up.mjs";

setUp();
const root = fileURLToPath(new URL("../..", import.meta.url));

/** The first that fits counts. */
const parts = [
  ["streamed replies", /chunks|aws.src.http.stream|countdown/],
  ["who is calling: identities, addresses", /identity|forwarded/],
  ["cookies", /cookies/],
  ["refusals by name of what is no HTTP event", /detect/],
  ["the five formats of events and results", /packages.aws.src.http/],
  ["deadlines", /deadline|watchdog/],
  ["contexts, logs, traces", /context|log|trace/],
  ["errors, problem replies, checks of options", /error|failure|options/],
  ["requests and bodies", /request|body|headers|payload|source/],
  ["replies and their checks", /reply|finish/],
  ["declarations, paths, layers, running", /./],
];

const options = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  format: "esm",
  platform: "node",
  conditions: ["@portico/source"],
  write: false,
  metafile: true,
};
const whole = await build({ ...options, entryPoints: ["test/size/aws.mjs"] });
const [{ inputs, bytes }] = Object.values(whole.metafile.outputs);
const totals = new Map(parts.map(([name]) => [name, 0]));
for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
  const [name] = parts.find(([, pattern]) => pattern.test(file));
  totals.set(name, totals.get(name) + bytesInOutput);
}
for (const [name, total] of [...totals].sort(([, one], [, other]) => other - one))
  console.log(`${String(total).padStart(6)}  ${name}`);
console.log(`${String(bytes).padStart(6)}  all`);

// Lambda's side by itself: core is left out.
const lambda = await build({ ...options, entryPoints: ["packages/aws/src/http.ts"], external: ["@portico/core*"] });
for (const [name, { outputFiles }] of Object.entries({
  "all, compressed": whole,
  "of it Lambda's side alone, compressed": lambda,
}))
  console.log(`${String(gzipSync(outputFiles[0].contents, { level: 9 }).byteLength).padStart(6)}  ${name}`);
