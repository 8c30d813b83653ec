// pnpm in the version that package.json names, so that a machine needs Node and npm alone.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.mjs";

const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Runs pnpm in the root and shows its output, or the `stdio` given. */
export function pnpm(args, stdio = ["ignore", "inherit", "inherit"]) {
  return spawnSync("npx", ["--yes", packageManager, ...args], {
    cwd: root,
    env: environment(),
    shell: process.platform === "win32", // npx is a .cmd file there
    stdio,
  });
}

/**
 * npm hands its own settings and flags down as npm_config_*, and pnpm would take some for its own (`omit`, `prefix`,
 * `dry_run`). Only those that say how to reach the registry are kept. CI: pnpm asks no questions.
 */
function environment() {
  const reach =
    /^npm_config_(registry|userconfig|globalconfig|cache|proxy|https_proxy|noproxy|ca|cafile|strict_ssl|@.*|\/\/.*)$/i;
  const kept = Object.entries(process.env).filter(
    ([name]) => name !== "NODE_ENV" && (!/^npm_/i.test(name) || reach.test(name)),
  );
  return { ...Object.fromEntries(kept), CI: "true" };
}
