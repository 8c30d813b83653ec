import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { type HttpFunction, http } from "@portico/core";
import { checkNames, errorFields, logFailure, NodeApp, type OptionNames, toNodeWire } from "@portico/core/adapter";

/**
 * An app for `node:http`: Express, Koa's `callback()`, Fastify's `routing` (after `ready()`), a plain `RequestListener`. What it returns
 * does not count, but for a promise that rejects.
 */
export type NodeStyleApp = (request: IncomingMessage, response: ServerResponse) => unknown;

/** What of an app becomes a function. */
export interface FromNodeOptions {
  /** The template of the paths that the app answers, with every method. Default: `/*rest`, all of them. */
  readonly path?: string | undefined;
}

/**
 * Makes one portable HTTP function of an existing app, for every platform. The app gets requests and responses of `node:http` itself, from
 * a connection within the process: bodies are streamed both ways, and both close when the client leaves or the deadline is near. An app
 * that throws before it answers has failed (500), one that never answers is given up by the adapter (504), one that ends the connection
 * gives 502. Trailers and informational replies are dropped.
 *
 * @throws {HandlerError} CONFIG_INVALID when the path is no template.
 * @see https://nodejs.org/api/http.html#event-request
 * @example
 * const app = express().get("/orders/:id", showOrder);
 * export const orders = fromNode(app);
 */
export function fromNode(app: NodeStyleApp, options: FromNodeOptions = {}): HttpFunction {
  checkNames(options, { path: true } satisfies OptionNames<FromNodeOptions>);
  const { path = "/*rest" } = options;
  const inner = new NodeApp(app, (listener) => createServer(listener as RequestListener));
  return http.any(path).handle(async (request, context) =>
    inner.send(await toNodeWire(request), {
      signal: context.signal,
      onLate: (error) => logFailure(context, "the app failed after its answer", { error: errorFields(error) }),
    }),
  );
}
