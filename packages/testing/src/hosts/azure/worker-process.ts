import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { createServer, type Server, type Socket } from "node:net";
import type { HostOptions } from "../host.js";
import { type Child, startChild, toModulePath, whenReady } from "../process.js";
import {
  type FromWorker,
  type RpcData,
  type RpcFunction,
  type RpcReply,
  type RpcRequest,
  type RpcRetryContext,
  receive,
  send,
} from "./messages.js";

/** What becomes of an invocation: a reply, none, or a failure. */
export type Outcome = { readonly reply?: RpcReply | undefined; readonly error?: string | undefined };

export interface Invocation {
  readonly id: string;
  readonly name: string;
  readonly input: RpcData | { readonly http: RpcRequest };
  readonly retryContext?: RpcRetryContext | undefined;
  readonly triggerMetadata: Readonly<Record<string, object>>;
  readonly traceContext: { readonly traceParent: string; readonly traceState: string };
}

/** The worker's process with the function app in it, and what the app announced. */
export interface Worker {
  readonly functions: readonly RpcFunction[];
  /** Where an app that streams takes its requests. */
  readonly httpUri: string | undefined;
  invoke(invocation: Invocation): Promise<Outcome>;
  /** Announces the end as the host does, waits for the app's hooks, and ends the process. */
  terminate(): Promise<void>;
  kill(): Promise<void>;
}

// The time that the host gives a worker between the announcement and the kill.
const terminateMs = 5000;

/** Starts the function app as the host does; rejects with what it wrote when it does not come up. */
export async function startWorker(options: Omit<HostOptions, "export">, logs: string[]): Promise<Worker> {
  const server = createServer();
  const port = await listen(server);
  const connected = new Promise<Socket>((resolve) => server.once("connection", resolve));
  // By its name, because bundling moves this file and not the entry.
  const script = createRequire(import.meta.url).resolve("@portico/testing/hosts/azure/worker");
  const { module, env, nodePath, cwd } = options;
  const child = startChild({ args: [script, toModulePath(module), String(port)], env, nodePath, cwd, logs });
  const pending = new Map<string, (outcome: Outcome) => void>();
  let ended = false;
  child.ended.then(() => {
    ended = true;
    for (const settle of pending.values()) settle({ error: "The worker process ended." });
    pending.clear();
  });
  const ready = connected.then(
    (socket) =>
      new Promise<{ socket: Socket; functions: readonly RpcFunction[]; httpUri: string | undefined }>((resolve) => {
        socket.on("error", () => undefined);
        receive<FromWorker>(socket, (message) => {
          if (message.type === "ready") resolve({ socket, functions: message.functions, httpUri: message.httpUri });
          else {
            pending.get(message.id)?.({ reply: message.reply, error: message.error });
            pending.delete(message.id);
          }
        });
      }),
  );
  try {
    const { socket, functions, httpUri } = await whenReady(child, logs, ready, "The function app");
    return {
      functions,
      httpUri,
      invoke: (invocation) =>
        new Promise((resolve) => {
          if (ended) return resolve({ error: "The worker process ended." });
          pending.set(invocation.id, resolve);
          send(socket, { type: "invoke", ...invocation });
        }),
      terminate: () => end(child, () => send(socket, { type: "terminate" })),
      kill: () => child.stop(),
    };
  } finally {
    server.close();
  }
}

/** An id as the host gives to each invocation. */
export function newInvocationId(): string {
  return randomUUID();
}

async function end(child: Child, announce: () => void): Promise<void> {
  announce();
  const timer = setTimeout(() => child.stop(), terminateMs);
  await child.ended;
  clearTimeout(timer);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}
