// `npm test`: sets up, runs every check even after one has failed, and closes with a table.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.mjs";

const colour = process.stdout.isTTY ? {} : { NO_COLOR: "1" };
const results = [];

rmSync(join(root, ".reports"), { recursive: true, force: true });
mkdirSync(join(root, ".reports"));

await step("setup", [[join(root, "scripts/setup.mjs")]], { show: true });
if (!existsSync(join(root, "node_modules/vitest"))) finish();
const { toolPath } = await import("./tools.mjs");

await step("tests", [[toolPath("vitest"), "run", "--outputFile.json=.reports/vitest.json"]], { show: true });

// These only read, and none is bound to time: two at once.
const tsc = toolPath("typescript", "tsc");
await Promise.all([
  lane([
    [
      "types",
      [
        [tsc, "-p", "tsconfig.json"],
        [tsc, "-p", "packages/core/tsconfig.json"],
      ],
    ],
    ["bundle sizes", [[toolPath("size-limit")]]],
    ["unused code (knip)", [[toolPath("knip")]]],
  ]),
  lane([
    ["format and lint (biome)", [[toolPath("@biomejs/biome", "biome"), "ci", "--error-on-warnings", "--colors=off"]]],
    ["packages (publint, attw)", [[join(root, "scripts/check-packages.mjs")]]],
  ]),
]);
finish();

async function lane(steps) {
  for (const [name, commands] of steps) await step(name, commands);
}

/** Runs Node with each of `commands` in turn. `show` lets the output through; otherwise only a failure's is printed. */
async function step(name, commands, { show = false } = {}) {
  const start = performance.now();
  if (show) console.log(`\n--- ${name}`);
  let ok = true;
  let output = "";
  for (const args of commands) {
    const done = await run(args, show);
    ok &&= done.ok;
    output += done.output;
  }
  const seconds = (performance.now() - start) / 1000;
  results.push({ name, state: ok ? "passed" : "FAILED", seconds });
  if (!show && !ok) console.log(`\n--- ${name}\n${output.trimEnd()}`);
}

function run(args, show) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...colour },
      stdio: ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", (error) => resolve({ ok: false, output: `${output}${error.message}` }));
    child.on("close", (code) => resolve({ ok: code === 0, output }));
  });
}

function finish() {
  const width = Math.max(...results.map(({ name }) => name.length));
  const rows = results.map(
    ({ name, state, seconds }) => `${name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${state}`,
  );
  console.log(`\n${rows.join("\n")}`);
  process.exit(results.some(({ state }) => state === "FAILED") ? 1 : 0);
}
