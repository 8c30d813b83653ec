// The tests that can differ from one Node to the next, on every Node that is supported beside the one that runs this: all of them that run
// in a process of ours (unit, contract), and the clouds' runtimes on the built packages. Types, bundles and the corpus, which is data for
// the same code, are the same on each.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { toolPath } from "./tools.mjs";
import { root } from "./workspace.mjs";

const majors = [20, 22, 24, 26];
const projects = ["unit", "contract", "runtime"].flatMap((name) => ["--project", name]);
const own = Number(process.versions.node.split(".", 1)[0]);
const lines = [];
let failed = false;

for (const major of majors) {
  const name = `Node ${major}`;
  if (major === own) {
    lines.push(`${name}  checked by npm test, with everything else`);
    continue;
  }
  const node = join(root, `test/node_modules/node-${major}/bin/node`);
  if (!existsSync(node)) {
    lines.push(`${name}  NOT CHECKED: there is no binary for this platform at test/node_modules/node-${major}`);
    continue;
  }
  console.log(`\n--- ${name}`);
  const start = performance.now();
  const { status } = spawnSync(
    node,
    [toolPath("vitest"), "run", `--outputFile.json=.reports/vitest-node-${major}.json`, ...projects],
    { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, PORTICO_NODE: node } },
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  failed ||= status !== 0;
  lines.push(`${name}  ${status === 0 ? "passed" : "FAILED"}  ${seconds} s`);
}
console.log(`\n${lines.join("\n")}`);
process.exit(failed ? 1 : 0);
