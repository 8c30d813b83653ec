import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { HostOptions } from "./host.js";

/** A Node process that a host started. */
export interface Child {
  readonly process: ChildProcess;
  /** Resolves when the process has ended and all it wrote has been read. */
  readonly ended: Promise<ChildEnd>;
  /** Ends the process: `SIGTERM` first where a grace is given, then `SIGKILL`. Resolves once it is gone. */
  stop(graceMs?: number): Promise<void>;
}

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions extends Pick<HostOptions, "env" | "nodePath" | "cwd"> {
  /** Node's own options, the script and its arguments. */
  readonly args: readonly string[];
  /** Takes every line that the process writes; shared by the processes of one host. */
  readonly logs: string[];
}

/** Starts Node with these arguments and collects what it writes, line by line. */
export function startChild({ args, env, nodePath, cwd, logs }: ChildOptions): Child {
  const child = spawn(nodePath ?? process.execPath, args, {
    env: { ...cleanEnvironment(), ...env },
    ...(cwd !== undefined && { cwd }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  collectLines(child.stdout, logs);
  collectLines(child.stderr, logs);
  let gone = false;
  const ended = new Promise<ChildEnd>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      gone = true;
      resolve({ code, signal });
    };
    child.on("error", (error) => {
      logs.push(String(error));
      end(null, null);
    });
    child.on("close", end);
  });
  // A host that was never closed must not leave its process behind.
  const kill = (): void => void child.kill("SIGKILL");
  process.on("exit", kill);
  ended.then(() => process.off("exit", kill));
  return {
    process: child,
    ended,
    async stop(graceMs = 0) {
      if (gone) return;
      if (graceMs > 0) {
        child.kill("SIGTERM");
        const timer = setTimeout(kill, graceMs);
        await ended;
        clearTimeout(timer);
      } else {
        kill();
        await ended;
      }
    },
  };
}

/**
 * Resolves with what `ready` resolves to.
 *
 * @throws {Error} with the last lines that the process wrote, when it ends before that or takes longer than `timeoutMs` (default 20000).
 */
export async function whenReady<T>(
  child: Child,
  logs: readonly string[],
  ready: Promise<T>,
  what: string,
  timeoutMs = 20_000,
): Promise<T> {
  const lastLines = (): string =>
    logs.length === 0 ? "It wrote nothing." : `It wrote:\n${logs.slice(-40).join("\n")}`;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} was not ready within ${timeoutMs} ms. ${lastLines()}`)),
      timeoutMs,
    );
  });
  const died = child.ended.then(({ code, signal }) => {
    throw new Error(`${what} ended before it was ready (${signal ?? `exit code ${code}`}). ${lastLines()}`);
  });
  try {
    return await Promise.race([ready, died, late]);
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    clearTimeout(timer);
    died.catch(() => {});
  }
}

/** The absolute path of a module given as a path or a file URL. */
export function toModulePath(module: string | URL): string {
  return module instanceof URL || module.startsWith("file:") ? fileURLToPath(module) : resolve(module);
}

// Options meant for this process (a test runner's loaders, an inspector port) would break or slow the function's.
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, VITEST: _vitest, ...rest } = process.env;
  return rest;
}

function collectLines(stream: NodeJS.ReadableStream, logs: string[]): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    logs.push(...lines);
  });
  stream.on("end", () => {
    if (rest !== "") logs.push(rest);
  });
}
