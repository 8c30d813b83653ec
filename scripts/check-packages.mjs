// What a user would install: packs every package and has publint and attw look at the tarballs.
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { pnpm } from "./pnpm.mjs";
import { toolPath } from "./tools.mjs";
import { root } from "./workspace.mjs";

const folder = join(root, ".reports/packages");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const packed = pnpm(["--recursive", "--filter", "./packages/*", "pack", "--pack-destination", folder], "pipe");
if (packed.status !== 0) {
  console.error(`${packed.stdout}${packed.stderr}${packed.error?.message ?? ""}`);
  process.exit(1);
}

const checks = readdirSync(folder).flatMap((file) => [
  { file, tool: "publint", args: [toolPath("publint"), "run", join(folder, file), "--strict"] },
  {
    file,
    tool: "attw",
    args: [
      toolPath("@arethetypeswrong/cli", "attw"),
      join(folder, file),
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
      console.error(`${check.tool} on ${check.file}:\n${stdout}${stderr}`);
    }
  }
};
await Promise.all([worker(), worker()]);
process.exit(failed === 0 ? 0 : 1);
