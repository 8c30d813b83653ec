// Brings a fresh or changed checkout to a state where everything runs: dependencies in line with the lock, packages
// built. Says nothing and takes a moment when there is nothing to do.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const stampFile = join(root, "node_modules/.portico-install");

const stamp = installFingerprint();
if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
  console.log("installing dependencies (once; the first time takes about half a minute) ...");
  run("npx", ["--yes", manifest.packageManager, "install", "--frozen-lockfile", "--loglevel", "error"], {
    env: installEnvironment(),
    shell: process.platform === "win32", // npx is a .cmd file there
  });
  writeFileSync(stampFile, stamp);
}
run(process.execPath, [join(root, "scripts/build.mjs"), "--if-changed"]);

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], ...options });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * npm hands its own settings and flags down as npm_config_*, and pnpm would take some for its own (`omit`, `prefix`,
 * `dry_run`). Only those that say how to reach the registry are kept. CI: pnpm asks no questions.
 */
function installEnvironment() {
  const reach = /^npm_config_(registry|userconfig|globalconfig|cache|proxy|https_proxy|noproxy|ca|cafile|strict_ssl|@.*|\/\/.*)$/i;
  const kept = Object.entries(process.env).filter(
    ([name]) => name !== "NODE_ENV" && (!/^npm_/i.test(name) || reach.test(name)),
  );
  return { ...Object.fromEntries(kept), CI: "true" };
}

/** A hash of what decides the content of node_modules. */
function installFingerprint() {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  const folders = ["packages", "examples"].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}`),
  );
  const manifests = ["", "test", ...folders].map((folder) => join(folder, "package.json"));
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests]) {
    if (existsSync(join(root, file))) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}
