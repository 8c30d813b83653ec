import type { IncomingMessage, ServerResponse } from "node:http";
import type { Identity } from "@portico/core";
import { type HttpSourceBody, NodeSource, type NodeSourceOptions } from "@portico/core/adapter";

export interface ServerSourceOptions extends NodeSourceOptions {
  readonly identity: ((request: IncomingMessage) => Identity | undefined) | undefined;
}

/** A request of `node:http`. */
export class ServerSource extends NodeSource<IncomingMessage> {
  /** Where the client waits for a `100 Continue` before it sends the body: the response to say so on. */
  private readonly "~continues": ServerResponse | undefined;
  private readonly "~identity": ServerSourceOptions["identity"];

  constructor(
    request: IncomingMessage,
    options: ServerSourceOptions,
    id: string,
    origin: string,
    time: number,
    continues: ServerResponse | undefined,
  ) {
    super(request, options, id, origin, time);
    this["~continues"] = continues;
    this["~identity"] = options.identity;
  }

  override identity(): Identity | undefined {
    return this["~identity"]?.(this.native);
  }

  override basePath(): string {
    return mountPath(this.native) + super.basePath();
  }

  override body(): HttpSourceBody {
    const body = super.body();
    const response = this["~continues"];
    return response && body !== null ? afterContinue(response, body as AsyncIterable<Uint8Array>) : body;
  }
}

/** What an Express-style application took off the path before it handed the request over. */
function mountPath(request: IncomingMessage): string {
  const { baseUrl } = request as IncomingMessage & { readonly baseUrl?: unknown };
  return typeof baseUrl === "string" ? baseUrl : "";
}

async function* afterContinue(response: ServerResponse, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  response.writeContinue();
  yield* body;
}
