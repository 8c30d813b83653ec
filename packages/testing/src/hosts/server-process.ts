import type { Host, HostOptions } from "./host.js";
import { freePort, listening } from "./port.js";
import { type ChildEnd, startChild, whenReady } from "./process.js";

export interface ServerProcess extends Pick<HostOptions, "env" | "nodePath" | "cwd"> {
  /** Node's own options, the script and its arguments, for a server on this port. */
  readonly toArgs: (port: number) => readonly string[];
  /** What it is, for an error. */
  readonly what: string;
}

/** A host whose process is the server itself. */
export interface ServerHost extends Host {
  /** Of the process, to signal it. */
  readonly pid: number;
  /** Resolves when the process has ended, by itself or not. */
  readonly ended: Promise<ChildEnd>;
}

/** Starts a program that serves HTTP itself, on the port that the environment variable `PORT` names. */
export async function startServer({ toArgs, what, env, nodePath, cwd }: ServerProcess): Promise<ServerHost> {
  const logs: string[] = [];
  const port = await freePort();
  const child = startChild({ args: toArgs(port), env: { ...env, PORT: String(port) }, nodePath, cwd, logs });
  const given = { up: false };
  try {
    await whenReady(child, logs, listening(port, given), what);
  } finally {
    given.up = true;
  }
  const close = (): Promise<void> => child.stop();
  return {
    url: `http://127.0.0.1:${port}`,
    logs,
    pid: child.process.pid as number,
    ended: child.ended,
    close,
    [Symbol.asyncDispose]: close,
  };
}
