// Brings in what is measured: the workspace, built; and the peers, by their own lock file, into this folder.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const stampFile = join(here, "node_modules/.portico-bench");

export function setUp() {
  run(process.execPath, ["scripts/setup.mjs"], root);
  const stamp = createHash("sha256")
    .update(readFileSync(join(here, "package-lock.json")))
    .digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  console.error("installing the peers ...");
  run("npm", ["ci", "--loglevel=error"], here);
  writeFileSync(stampFile, stamp);
}

function run(command, args, cwd) {
  const shell = process.platform === "win32" && command === "npm";
  const { status, error } = spawnSync(command, args, { cwd, shell, stdio: ["ignore", 2, 2] });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
