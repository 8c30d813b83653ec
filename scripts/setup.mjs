// Brings a fresh or changed checkout to a state where everything runs: dependencies in line with the lock, packages
// built. Says nothing and takes a moment when there is nothing to do.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pnpm } from "./pnpm.mjs";
import { root } from "./workspace.mjs";

const stampFile = join(root, "node_modules/.portico-install");

const stamp = installFingerprint();
if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
  console.log("installing dependencies (once; the first time takes about half a minute) ...");
  exitUnlessDone(pnpm(["install", "--frozen-lockfile", "--loglevel", "error"]));
  writeFileSync(stampFile, stamp);
}
exitUnlessDone(
  spawnSync(process.execPath, ["scripts/build.mjs", "--if-changed"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  }),
);

function exitUnlessDone({ status, error }) {
  if (error) console.error(error.message);
  if (status !== 0) process.exit(status ?? 1);
}

/** A hash of what decides the content of node_modules. */
function installFingerprint() {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  const folders = ["packages", "examples"].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}`),
  );
  const manifests = ["", "test", ...folders].map((folder) => join(folder, "package.json"));
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) hash.update(readFileSync(join(root, file)));
  for (const file of manifests.filter((path) => existsSync(join(root, path)))) {
    const fields = Object.entries(JSON.parse(readFileSync(join(root, file), "utf8")));
    const dependencies = fields.filter(([name]) => /dependencies/i.test(name));
    hash.update(`${file} ${JSON.stringify(dependencies)}\n`);
  }
  return hash.digest("hex");
}
