// What a user would install: packs every package and has publint and attw look at the tarballs.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { pack } from "./pack.mjs";
import { toolPath } from "./tools.mjs";
import { root } from "./workspace.mjs";

const checks = pack(join(root, ".reports/packages")).flatMap((tarball) => [
  { tarball, tool: "publint", args: [toolPath("publint"), "run", tarball, "--strict"] },
  {
    tarball,
    tool: "attw",
    args: [
      toolPath("@arethetypeswrong/cli", "attw"),
      tarball,
      "--profile",
      "esm-only",
      "--format",
      "ascii",
      "--no-emoji",
    ],
  },
]);

let failed = 0;
const worker = async () => {
  for (let check = checks.shift(); check; check = checks.shift()) {
    try {
      await promisify(execFile)(process.execPath, check.args, { cwd: root });
    } catch ({ stdout, stderr }) {
      failed += 1;
      console.error(`${check.tool} on ${check.tarball}:\n${stdout}${stderr}`);
    }
  }
};
await Promise.all([worker(), worker()]);
process.exit(failed === 0 ? 0 : 1);
