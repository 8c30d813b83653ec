import {
  type Context,
  HandlerError,
  type HttpReply,
  type HttpRequest,
  type Marked,
  type Next,
  withHeaders,
} from "@portico/core";
import { checkNames, type InvocationContext, type OptionNames, toFailure } from "@portico/core/adapter";

/** Where the id comes from and goes to. */
export interface RequestIdOptions {
  /** The header that carries the id, in replies and in trusted requests. Default: `x-request-id`. */
  readonly header?: string | undefined;
  /** Takes over the id that the request brings, where a gateway you trust sets it. Default: false, since anybody can send a header. */
  readonly trustIncoming?: boolean | undefined;
  /** Makes an id. Default: a random UUID. */
  readonly generate?: ((request: HttpRequest) => string) | undefined;
}

const names = { header: true, trustIncoming: true, generate: true } satisfies OptionNames<RequestIdOptions>;

/** What {@link requestId} adds to the context. */
export interface RequestIdAdditions {
  readonly requestId: string;
}

// What every log and header can carry; a longer or stranger id is not one that a gateway made.
const acceptable = /^[\w.:/+=@-]{1,128}$/;

/**
 * Gives every request an id: added to the context as `requestId`, to every reply (errors and early answers of the layers inside included),
 * and to every entry of the invocation's log, as `httpRequestId`. A trusted id with other characters than letters, digits and
 * `. _ : / + = @ -`, or with more than 128 of them, is replaced.
 *
 * @example
 * const app = router([createOrder], { use: [requestId({ trustIncoming: true })] });
 *
 * @throws {HandlerError} CONFIG_INVALID when the header name is not allowed.
 */
export function requestId(options: RequestIdOptions = {}) {
  checkNames(options, names);
  const { header = "x-request-id", trustIncoming = false, generate = randomId } = options;
  if (!/^[!#$%&'*+\-.^_`|~\da-zA-Z]+$/.test(header)) {
    throw new HandlerError("CONFIG_INVALID", `requestId: ${JSON.stringify(header)} is not a header name.`);
  }
  const name = header.toLowerCase();

  return async (
    request: HttpRequest,
    context: Context,
    next: Next<HttpReply>,
  ): Promise<Marked<HttpReply, RequestIdAdditions>> => {
    const incoming = trustIncoming ? request.headers.get(name) : null;
    const id = incoming !== null && acceptable.test(incoming) ? incoming : generate(request);
    // Not as `requestId`, which is a member of Lambda's own format, and keeps its value.
    const log = (context as InvocationContext)["~addLogFields"]?.({ httpRequestId: id });
    let response: HttpReply;
    try {
      response = await next(log ? { requestId: id, log } : { requestId: id });
    } catch (error) {
      response = toFailure(error);
    }
    return withHeaders(response, { [name]: id });
  };
}

function randomId(): string {
  return crypto.randomUUID();
}
