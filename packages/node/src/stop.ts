import type { Server } from "node:http";
import { HandlerError, type Logger } from "@portico/core";
import { errorFields, stopAccepting, toTimerMs } from "@portico/core/adapter";
import type { NodeContext } from "./context.js";

// A request that was on its way to an idle connection when the stop began still finds it open.
const idleGraceMs = 250;

/**
 * Stops the servers of a process: no new connections at once; idle ones close after a moment, the others with their reply; then the hook runs. True when
 * all went to its end in time.
 */
export async function drain(
  servers: readonly Server[],
  active: ReadonlySet<NodeContext>,
  onShutdown: (() => void | Promise<void>) | undefined,
  limitMs: number,
  log: Logger,
): Promise<boolean> {
  const endMs = Date.now() + limitMs;
  const drainMs = limitMs * 0.8;
  const closed = Promise.all(servers.map((server) => stopAccepting(server)));
  const aborting = setTimeout(
    () => {
      const reason = new HandlerError("UNAVAILABLE", "The server is stopping.");
      for (const context of active) context["~abort"](reason);
    },
    toTimerMs(drainMs * 0.9),
  );
  const idle = setInterval(() => {
    for (const server of servers) server.closeIdleConnections();
  }, idleGraceMs);
  const drained = await within(Promise.all([closed, emptied(active)]), drainMs);
  clearTimeout(aborting);
  clearInterval(idle);
  if (!drained) {
    log.error("requests were cut off by the stop", { requests: active.size });
    for (const server of servers) server.closeAllConnections();
  }
  if (!onShutdown) return drained;
  try {
    const ran = await within(Promise.resolve(onShutdown()), endMs - Date.now());
    if (!ran) log.error("onShutdown did not finish in time");
    return drained && ran;
  } catch (error) {
    log.error("onShutdown failed", { error: errorFields(error) });
    return false;
  }
}

async function emptied(active: ReadonlySet<NodeContext>): Promise<void> {
  while (active.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function within(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, toTimerMs(limitMs)));
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
