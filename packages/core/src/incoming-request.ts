import type { LogFields, Logger, LogLevel } from "./log.js";

/** What a line about a failure says of a request; an `HttpSource` has it. */
export interface RequestOrigin {
  method(): string;
  path(): string;
  basePath(): string;
}

/** The HTTP request that started an invocation, as the lines about its failures need it. Nothing is read before there is such a line. */
export class IncomingRequest {
  readonly origin: RequestOrigin;
  readonly startedMs = Date.now();
  /** The template of the function that takes it, and the request as it stands there: behind the base paths of routers. */
  route: string | undefined = undefined;
  mounted: RequestOrigin | undefined = undefined;
  /** Of its reply, once there is one. */
  status: number | undefined = undefined;

  constructor(origin: RequestOrigin) {
    this.origin = origin;
  }
}

/** A context, as far as it is looked at here; one that a caller has made himself has none of this. */
interface Started {
  readonly "~host"?: { "~incoming": IncomingRequest | undefined };
}

/** For adapters: a request has started this invocation. Of a function within another one, the outer one's stays. */
export function beginRequest(context: object, origin: RequestOrigin): IncomingRequest | undefined {
  const host = (context as Started)["~host"];
  if (host) host["~incoming"] ??= new IncomingRequest(origin);
  return host?.["~incoming"];
}

/** For routers: a function takes the request by this template, behind the base path of `mounted`. */
export function matchRoute(context: object, route: string, mounted: RequestOrigin | undefined): void {
  const incoming = (context as Started)["~host"]?.["~incoming"];
  if (!incoming) return;
  incoming.route = route;
  incoming.mounted = mounted;
}

/** The status of the reply, as it is sent. */
export function noteStatus(context: object, status: number): void {
  const incoming = (context as Started)["~host"]?.["~incoming"];
  if (incoming) incoming.status = status;
}

/** What a line about a failure says of the request; undefined where none started this invocation. */
export function requestFields(context: object): LogFields | undefined {
  const incoming = (context as Started)["~host"]?.["~incoming"];
  if (!incoming) return undefined;
  const { origin, route, mounted, status, startedMs } = incoming;
  return {
    method: origin.method(),
    route: route && `${mounted?.basePath().slice(origin.basePath().length) ?? ""}${route}`,
    path: pathOf(origin),
    status,
    durationMs: Math.max(0, Date.now() - startedMs),
  };
}

/**
 * Writes the line about a failure. Where an HTTP request started the invocation, its `method`, `route`, `path` and `durationMs` are with
 * it, and the `status` of the reply, which `fields` may say better; they are put together for this line alone.
 */
export function logFailure(
  context: { readonly log: Logger },
  message: string,
  fields: LogFields = {},
  level: LogLevel = "error",
): void {
  context.log[level](message, { ...requestFields(context), ...fields });
}

function pathOf(origin: RequestOrigin): string | undefined {
  try {
    return origin.path();
  } catch {
    // It is what the failure is about.
    return undefined;
  }
}
