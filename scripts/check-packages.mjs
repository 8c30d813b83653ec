// What a user would install: packs every package and has publint and attw look at the tarballs.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { pack } from "./pack.mjs";
import { toolPath } from "./tools.mjs";
import { root } from "./workspace.mjs";

const checks = pack(join(root, ".reports/packages")).flatMap((tarball) => [
  { tarball, tool: "publint", run: () => lint(tarball) },
  {
    tarball,
    tool: "attw",
    run: () =>
      execute([
        toolPath("@arethetypeswrong/cli", "attw"),
        tarball,
        "--profile",
        "esm-only",
        "--format",
        "ascii",
        "--no-emoji",
        // As below: the types of CommonJS for an ES module.
        "--ignore-rules",
        "false-cjs",
      ]),
  },
]);

let failed = 0;
const worker = async () => {
  for (let check = checks.shift(); check; check = checks.shift()) {
    try {
      await check.run();
    } catch ({ message, stdout = message, stderr = "" }) {
      failed += 1;
      console.error(`${check.tool} on ${check.tarball}:\n${stdout}${stderr}`);
    }
  }
};
await Promise.all([worker(), worker()]);

function execute(args) {
  return promisify(execFile)(process.execPath, args, { cwd: root });
}

async function lint(tarball) {
  const bytes = new Uint8Array(readFileSync(tarball)).buffer;
  const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
  // Types of CommonJS for an ES module: node16 compiles with nothing else. They differ in the default export alone, and there is none.
  const faults = messages.filter(
    ({ code, path }) => code !== "EXPORTS_TYPES_INVALID_FORMAT" || path.slice(-2).join(".") !== "types.require",
  );
  if (faults.length > 0) throw new Error(faults.map((fault) => formatMessage(fault, pkg)).join("\n"));
}

process.exit(failed === 0 ? 0 : 1);
