import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { HostOptions } from "./host.js";
import { toModulePath } from "./process.js";
import { type ServerHost, startServer } from "./server-process.js";

/** Options of the Google host: `export` is the name of the function as the module registered it (`gcp.http(name, ...)`). */
export type GcpHostOptions = HostOptions;

/**
 * Runs one function on the real functions framework, started by its own command as Google's buildpack starts it. What stands in front of
 * it on Google, and adds `X-Forwarded-For` and `X-Forwarded-Proto`, is not there: send these fields yourself where they matter.
 *
 * @example
 * await using host = await gcp({ module: "dist/gcp.js", export: "create" });
 * await fetch(`${host.url}/orders`);
 */
export function gcp({ module, export: target, env, ...options }: GcpHostOptions): Promise<ServerHost> {
  const path = toModulePath(module);
  const command = join(dirname(resolveFrom(path, "@google-cloud/functions-framework")), "main.js");
  return startServer({
    ...options,
    what: `The functions framework with ${target} of ${path}`,
    // Google sets these, and the framework reads them.
    env: { K_SERVICE: target, K_REVISION: `${target}-00001`, FUNCTION_TARGET: target, ...env },
    toArgs: (port) => [command, `--source=${path}`, `--target=${target}`, `--port=${port}`],
  });
}

/** The function's own copy, where it has one: two copies of the framework would not know of each other's functions. */
function resolveFrom(module: string, name: string): string {
  for (const from of [module, tryResolve(module, "@portico/gcp"), import.meta.url]) {
    const found = from === undefined ? undefined : tryResolve(from, name);
    if (found !== undefined) return found;
  }
  throw new Error(`${name} is not installed.`);
}

function tryResolve(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}
