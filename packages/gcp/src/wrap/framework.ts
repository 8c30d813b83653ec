import type { Context, HttpReply } from "@portico/core";
import { errorFields, logFailure, NodeApp, toError } from "@portico/core/adapter";
import { type GoogleRequest, onItsWay, toWire } from "./google-request.js";
import type { NativeHandler } from "./options.js";

/** Express, as far as it is set up here. */
interface ExpressApp {
  set?(name: "env", value: string): unknown;
}

/**
 * A handler of HTTP requests behind the functions framework's own server, with its body parsers, Express, `rawBody` and error domain. The
 * framework is loaded with the first request; the server does not listen.
 */
export class Framework {
  private readonly app: NodeApp;

  constructor(handler: NativeHandler) {
    const call = handler as (request: never, response: never) => unknown;
    this.app = new NodeApp(call, async (listener) => {
      const [{ http }, { getTestServer }] = await Promise.all([
        import("@google-cloud/functions-framework"),
        import("@google-cloud/functions-framework/testing"),
      ]);
      const name = `wrapped-${crypto.randomUUID()}`;
      http(name, (request, response) => listener(request, response));
      const server = getTestServer(name);
      // Express would show the stacks of its own errors to the caller.
      for (const express of server.listeners("request") as ExpressApp[]) express.set?.("env", "production");
      return server;
    });
  }

  /** What the handler answers; where it threw, what Google answers, with the error for the log. */
  async answer(request: GoogleRequest, context: Context, clientIp?: string): Promise<HttpReply> {
    const reply = await this.app.send(toWire(onItsWay(request, context), clientIp), {
      signal: context.signal,
      onLate: (error) => logFailure(context, "the function failed after its answer", { error: errorFields(error) }),
      onFailure: crash,
    });
    // What fails in a timer, say, the framework catches; it may tell the caller what it was.
    const isCrash = reply.headers["x-google-status"] !== undefined && !("error" in reply);
    return isCrash
      ? crash(new Error("The functions framework caught an error of the function, and has logged it."))
      : reply;
  }
}

function crash(error: unknown): HttpReply {
  return {
    status: 500,
    headers: { "x-google-status": "crash", "content-type": "text/plain; charset=utf-8" },
    body: "Internal Server Error",
    error: toError(error),
  };
}
