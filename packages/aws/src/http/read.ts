import { HandlerError } from "@portico/core";
import type { LambdaContext } from "../context.js";
import { detect } from "../detect.js";
import { AlbSource } from "./alb.js";
import type { AlbEvent, HttpEvent, LatticeEvent, PayloadV2Event, RestEvent } from "./event.js";
import { LatticeSource } from "./lattice.js";
import { PayloadV2Source } from "./payload-v2.js";
import { RestSource } from "./rest.js";
import type { HttpSettings } from "./settings.js";
import type { EventSource } from "./source.js";

/** What tells the formats apart, with the keys of events that only look like HTTP. */
interface Probe {
  readonly httpMethod?: unknown;
  readonly methodArn?: unknown;
  readonly routeArn?: unknown;
  readonly requestContext?: {
    readonly http?: { readonly method?: unknown };
    readonly elb?: unknown;
    readonly serviceArn?: unknown;
    readonly serviceNetworkArn?: unknown;
    readonly connectionId?: unknown;
  } | null;
}

/**
 * The event as a request.
 *
 * @throws {HandlerError} EVENT_UNSUPPORTED when it is of another kind, EVENT_MALFORMED when it has a shape that no platform sends.
 */
export function readEvent(event: unknown, settings: HttpSettings, lambda: LambdaContext): EventSource<HttpEvent> {
  const probe = event as Probe | null | undefined;
  const context = probe?.requestContext;
  if (
    typeof context !== "object" ||
    context === null ||
    probe?.methodArn !== undefined ||
    probe?.routeArn !== undefined
  )
    throw refuse(event);
  let source: EventSource<HttpEvent>;
  if (context.http) {
    check(event, context.http.method, "rawPath");
    source = new PayloadV2Source(event as PayloadV2Event, settings, lambda);
  } else if (context.elb) {
    check(event, probe?.httpMethod, "path");
    source = new AlbSource(event as AlbEvent, settings, lambda);
  } else if (context.serviceArn ?? context.serviceNetworkArn) {
    check(event, (event as LatticeEvent).method, "path");
    source = new LatticeSource(event as LatticeEvent, settings, lambda);
  } else if (probe?.httpMethod !== undefined && context.connectionId === undefined) {
    check(event, probe.httpMethod, "path");
    source = new RestSource(event as RestEvent, settings, lambda);
  } else {
    throw refuse(event);
  }
  return source;
}

function refuse(event: unknown): HandlerError {
  return new HandlerError("EVENT_UNSUPPORTED", `An HTTP request was expected, and this event is: ${detect(event)}.`, {
    hint: "aws.http takes API Gateway, function URL, ALB and VPC Lattice v2 events; give other triggers a function of their kind.",
  });
}

function check(event: unknown, method: unknown, path: string): void {
  const shape = event as Record<string, unknown>;
  const { body } = shape;
  const wrong =
    typeof method !== "string" || method === ""
      ? "method"
      : typeof shape[path] !== "string"
        ? path
        : typeof body !== "string" && body !== undefined && body !== null
          ? "body"
          : wrongMap(event as Maps);
  if (wrong !== undefined) {
    throw new HandlerError("EVENT_MALFORMED", `The ${wrong} of this HTTP event is not what any AWS service sends.`);
  }
}

interface Maps {
  readonly headers?: unknown;
  readonly multiValueHeaders?: unknown;
  readonly queryStringParameters?: unknown;
  readonly multiValueQueryStringParameters?: unknown;
  readonly cookies?: unknown;
}

// Name by name: a loop over names costs a look-up for each.
function wrongMap(event: Maps): string | undefined {
  if (isNoMap(event.headers)) return "headers";
  if (isNoMap(event.multiValueHeaders)) return "multiValueHeaders";
  if (isNoMap(event.queryStringParameters)) return "queryStringParameters";
  if (isNoMap(event.multiValueQueryStringParameters)) return "multiValueQueryStringParameters";
  return isNoMap(event.cookies) ? "cookies" : undefined;
}

function isNoMap(value: unknown): boolean {
  return typeof value !== "object" && value !== undefined;
}
