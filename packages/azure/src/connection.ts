import type * as DiagnosticsChannel from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";

// `@azure/functions` shows neither the connection it answers on nor that the client left, and writes without back-pressure.
// Node announces every HTTP exchange, with the invocation's id in a header that the host adds.
const open = new Map<string, ServerResponse>();
let watching = false;
let announced = false;

/**
 * Notes the connections that carry streamed requests from now on. Where Node does not announce them, `connectionOf` finds none.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html#http
 */
export function watchConnections(): void {
  if (watching) return;
  watching = true;
  // Not an import: packages load no module of Node by themselves, and this one is there already.
  const channels = process.getBuiltinModule?.("node:diagnostics_channel") as typeof DiagnosticsChannel | undefined;
  announced = channels !== undefined;
  channels?.subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { request?: IncomingMessage; response?: ServerResponse };
    const id = request?.headers["x-ms-invocation-id"];
    if (typeof id !== "string" || !response) return;
    open.set(id, response);
    response.once("close", () => open.delete(id));
  });
}

/** Whether Node announces every connection: then an invocation of the host's that has none has no connection. */
export function areConnectionsKnown(): boolean {
  return announced;
}

/** The connection on which a streamed invocation is answered, while it is open and if Node announced it. */
export function connectionOf(invocationId: string): ServerResponse | undefined {
  return open.get(invocationId);
}
