import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { HostOptions } from "./host.js";
import { toModulePath } from "./process.js";
import { type ServerHost, startServer } from "./server-process.js";

/** Options of the container host. */
export interface NodeHostOptions extends Omit<HostOptions, "export"> {
  /**
   * The name of an exported function, or list of functions, to serve with the defaults of `serve`, but on this machine alone: there, events
   * need no credentials, and start schedules too. Leave it out for a module that calls `serve` itself, on the port of the environment
   * variable `PORT`.
   */
  readonly export?: string | undefined;
}

/**
 * Runs functions as a container does: a Node process with `@portico/node`.
 *
 * @example
 * await using host = await node({ module: "dist/server.js" });
 * await fetch(`${host.url}/healthz`);
 */
export function node({ module, export: name, ...options }: NodeHostOptions): Promise<ServerHost> {
  const path = toModulePath(module);
  const script = toScript(path, name);
  return startServer({
    ...options,
    what: `@portico/node with ${path}`,
    toArgs: () => ["--input-type=module", "--eval", script],
  });
}

function toScript(path: string, name: string | undefined): string {
  const url = JSON.stringify(pathToFileURL(path).href);
  if (name === undefined) return `await import(${url});`;
  const library = JSON.stringify(pathToFileURL(createRequire(import.meta.url).resolve("@portico/node")).href);
  return `
    const functions = (await import(${url}))[${JSON.stringify(name)}];
    if (functions !== undefined) {
      const { serve } = await import(${library});
      const events = { authorize: "anyone", schedules: true };
      await serve(functions, { host: "127.0.0.1", events, schedules: true });
    } else if (!process.getActiveResourcesInfo().includes("TCPServerWrap")) {
      throw new Error(${JSON.stringify(`${path} has no export ${name}, and does not serve by itself.`)});
    }`;
}
