import type { AlbEvent, HttpEvent, LatticeEvent } from "../../http/event.js";
import { defaultRegion, makeArn } from "../origin.js";
import { latticeCaller } from "./identity.js";
import type { EncodeHttpOptions } from "./options.js";
import { joinedHeaders, last, listedHeaders, listedQuery, pickEach, type RequestParts } from "./request.js";

/** An Application Load Balancer's event; the query stays as it stood in the URL. */
export function encodeAlb(parts: RequestParts, options: EncodeHttpOptions): AlbEvent {
  if (parts.identity && parts.identity.provider !== "alb-oidc")
    parts.lose("identity", `it is from ${parts.identity.provider}`);
  const query = listedQuery(rawPairs(parts.queryString)) ?? {};
  const only = (values: readonly string[], name?: string): string => {
    if (values.length > 1)
      parts.lose(
        name === undefined ? "query" : `header ${name}`,
        "one name has several values",
        "A target group with multi-value headers carries them: the format alb-multi.",
      );
    return last(values);
  };
  const maps =
    options.format === "alb-multi"
      ? { multiValueQueryStringParameters: query, multiValueHeaders: listedHeaders(parts.headers) }
      : {
          queryStringParameters: pickEach(query, only) as Record<string, string>,
          headers: joinedHeaders(parts.headers, only),
        };
  return {
    requestContext: {
      elb: {
        targetGroupArn: makeArn("elasticloadbalancing", "targetgroup/portico/0123456789abcdef", options),
      },
    },
    httpMethod: parts.method,
    path: parts.path,
    ...maps,
    body: parts.body ?? "",
    isBase64Encoded: parts.isBase64Encoded,
  };
}

/** The same event without what the balancer alone may say of who is calling, for where a client may have said it. */
export function withoutClaims<E extends HttpEvent>(event: E): E {
  const fields: Record<string, object> = {};
  for (const name of ["headers", "multiValueHeaders"] as const) {
    const lines = (event as AlbEvent)[name];
    if (lines) fields[name] = Object.fromEntries(Object.entries(lines).filter(([field]) => !claim.test(field)));
  }
  return { ...event, ...fields };
}

const claim = /^x-amzn-oidc-/;

/** A VPC Lattice event of version V2. */
export function encodeLattice(parts: RequestParts, options: EncodeHttpOptions): LatticeEvent {
  const arn = (kind: string): string => makeArn("vpc-lattice", `${kind}/portico-0123456789abcdef0`, options);
  const query = listedQuery(rawPairs(parts.queryString));
  return {
    version: "2.0",
    path: parts.path,
    method: parts.method,
    headers: listedHeaders(parts.headers),
    ...(query && { queryStringParameters: query }),
    ...(parts.body !== undefined && { body: parts.body }),
    isBase64Encoded: parts.isBase64Encoded,
    requestContext: {
      serviceNetworkArn: arn("servicenetwork"),
      serviceArn: arn("service"),
      targetGroupArn: arn("targetgroup"),
      identity: latticeCaller(parts),
      region: options.region ?? defaultRegion,
      timeEpoch: String(parts.time.getTime() * 1000),
    },
  };
}

/** The names and values of a query string, not decoded. */
function rawPairs(queryString: string): [string, string][] {
  return queryString
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      return equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    });
}
