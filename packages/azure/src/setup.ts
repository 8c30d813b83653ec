import { type InvocationContext as AzureInvocationContext, app, type SetupOptions } from "@azure/functions";
import { areConnectionsKnown, connectionOf, watchConnections } from "./connection.js";

// The mode belongs to the app: `@azure/functions` keeps it in the same way, for the whole process.
let streaming = false;

/**
 * Sets up the app, as `app.setup` of `@azure/functions` does; several calls merge. With `enableHttpStream: true` all HTTP functions
 * of the app receive request bodies and send replies while they arrive. Call it while the app starts; it needs host 4.28 or later.
 *
 * @throws {Error} when start-up has finished, or the host cannot stream.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-reference-node#http-streams
 */
export function setup(options: SetupOptions): void {
  app.setup(options);
  streaming = options.enableHttpStream ?? streaming;
  if (streaming) watchConnections();
}

/**
 * Whether an invocation is answered on a connection of its own, as all are where the app streams. The app's own code may have called
 * `app.setup` of `@azure/functions` before or after, to either end, so the connection decides; what `setup` was told counts where nobody
 * knows: without Node's announcements, and for a handler that is called without a host. To be asked when the invocation begins, while the
 * connection is sure to be there.
 */
export function isStreamed({ invocationId, options }: AzureInvocationContext): boolean {
  if (connectionOf(invocationId)) return true;
  // Azure's library tells the trigger of what the host invokes; a context that is made by hand has none.
  const isHosted = options?.trigger?.type === "httpTrigger";
  return isStreaming() && !(isHosted && areConnectionsKnown());
}

/** Whether `setup` switched the app to streaming. */
export function isStreaming(): boolean {
  return streaming;
}
