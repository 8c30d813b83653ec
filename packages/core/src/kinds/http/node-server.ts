/** What is used of a server of `node:http`. */
export interface NodeStyleServer {
  closeIdleConnections(): void;
  close(onClosed: () => void): unknown;
}

/**
 * Takes no more connections, and leaves the idle ones open: Node's own `close` cuts them at once, and with them requests on their way.
 * Close them a moment later. Resolves when the last connection has gone.
 */
export function stopAccepting(server: NodeStyleServer): Promise<void> {
  const { closeIdleConnections } = server;
  server.closeIdleConnections = () => {};
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections = closeIdleConnections;
  return closed;
}
