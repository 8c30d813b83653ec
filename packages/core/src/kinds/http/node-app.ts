import type { HttpReply } from "./http-reply.js";
import {
  Exchange,
  maxHeaderSize,
  type NodeAppRequest,
  type NodeSendOptions,
  type NodeServer,
  type Outgoing,
} from "./node-exchange.js";
import type { NodeWireRequest } from "./node-wire.js";

/** What a server of `node:http` calls. */
export type NodeListener = (request: { readonly socket: unknown }, response: unknown) => void;

/**
 * An app for `node:http`, which answers requests that come from elsewhere. It is called by a real server over a connection within the
 * process, so that its request and response are Node's own in all they do.
 */
export class NodeApp {
  private server: Promise<NodeServer> | undefined = undefined;
  private readonly exchanges = new WeakMap<object, Exchange>();
  private readonly app: (request: never, response: never) => unknown;
  private readonly open: (listener: NodeListener) => NodeServer | Promise<NodeServer>;

  /** `open` makes the server that calls the listener; it is called when the first request comes. */
  constructor(
    app: (request: never, response: never) => unknown,
    open: (listener: NodeListener) => NodeServer | Promise<NodeServer>,
  ) {
    this.app = app;
    this.open = open;
  }

  /**
   * What the app answers; a body that is not short and of known length is streamed. Rejects with what the app throws before it has
   * answered; what it throws amid its body breaks the body off.
   *
   * @throws {HandlerError} BAD_GATEWAY when the app ends the connection without an answer, BAD_REQUEST when the request cannot be sent.
   */
  async send(request: NodeWireRequest, options: NodeSendOptions): Promise<HttpReply> {
    this.server ??= this.start();
    const exchange = new Exchange(request, options);
    this.exchanges.set(exchange.peer, exchange);
    return exchange.run(await this.server);
  }

  private async start(): Promise<NodeServer> {
    try {
      const server = await this.open((request, response) => this.call(request, response as Outgoing));
      server.maxHeaderSize = maxHeaderSize;
      return server;
    } catch (error) {
      this.server = undefined;
      throw error;
    }
  }

  private call(request: NodeAppRequest, response: Outgoing): void {
    const exchange = this.exchanges.get(request.socket as object);
    exchange?.called(request, response);
    // The platform says when it answered.
    response.sendDate = false;
    const fail = (error: unknown): void => exchange?.fail(error, response);
    try {
      const result = this.app(request as never, response as never) as PromiseLike<unknown> | undefined;
      if (typeof result?.then === "function") result.then(undefined, fail);
    } catch (error) {
      fail(error);
    }
  }
}
