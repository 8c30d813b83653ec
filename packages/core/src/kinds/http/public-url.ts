import { describe, HandlerError } from "../../error.js";
import { forwardedValue } from "./forwarded.js";
import type { HttpSource } from "./source.js";

/** Which address of the function is the public one: what `request.url` begins with. */
export interface PublicUrlOptions {
  /**
   * The origin under which clients know the function, such as `https://shop.example.com` behind CloudFront, Front Door or a proxy: `request.url` has
   * it in place of the `Host` header's. `"forwarded"` takes the host from `X-Forwarded-Host`, as the outermost of the `trustedProxies` wrote it.
   * Default: the `Host` header, which is the client's word.
   */
  readonly publicUrl?: string | undefined;
  /** How many proxies in front may report the client; `"forwarded"` needs one. Default: 0. */
  readonly trustedProxies?: number | undefined;
}

/** The scheme and host of a request's URL. */
export type ReadOrigin = (source: HttpSource) => string;

/** The origin that the request itself tells. A host that cannot stand in a URL is left out of it. */
export const requestOrigin: ReadOrigin = (source) =>
  `${source.scheme()}://${checkedHost(source.host()) ?? "localhost"}`;

/**
 * What tells the origin of requests, settled once, when an adapter registers a function.
 *
 * @throws {HandlerError} CONFIG_INVALID when `publicUrl` is no origin of http or https, or is `"forwarded"` and no proxy is trusted.
 */
export function createReadOrigin({ publicUrl, trustedProxies = 0 }: PublicUrlOptions): ReadOrigin {
  if (publicUrl === undefined) return requestOrigin;
  if (publicUrl === "forwarded") {
    if (trustedProxies > 0) return (source) => forwardedOrigin(source, trustedProxies) ?? requestOrigin(source);
    throw new HandlerError("CONFIG_INVALID", 'The option publicUrl is "forwarded", and no proxy is trusted.', {
      hint: "Say how many proxies of yours stand in front with `trustedProxies`, or write the origin: anybody can send X-Forwarded-Host.",
    });
  }
  if (typeof publicUrl !== "string" || !originShape.test(publicUrl) || !URL.canParse(publicUrl)) {
    const given = typeof publicUrl === "string" ? JSON.stringify(publicUrl) : describe(publicUrl);
    throw new HandlerError("CONFIG_INVALID", `The option publicUrl is ${given}, which is not an origin.`, {
      hint: 'Give scheme and host, without user, path and query, such as "https://shop.example.com"; a path in front is `basePath`. Or give "forwarded".',
    });
  }
  const { origin } = new URL(publicUrl);
  return () => origin;
}

function forwardedOrigin(source: HttpSource, trustedProxies: number): string | undefined {
  const host = checkedHost(forwardedValue(source.headerLines("x-forwarded-host"), trustedProxies));
  return host === undefined ? undefined : `${source.scheme()}://${host}`;
}

/** A host from a header is the client's word; one that cannot stand in a URL (a port of 99999, an address of 256) is none. */
function checkedHost(host: string | undefined): string | undefined {
  if (host === undefined || plainHost.test(host)) return host;
  return hostShape.test(host) && URL.canParse(`http://${host}/`) ? host : undefined;
}

const originShape = /^https?:\/\/[^/?#@\\\s]+\/?$/i;
const hostShape = /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/;
// Labels of which the last starts with a letter and none is punycode need no parser: all but addresses, and nearly every host there is.
const plainHost = /^(?!.*xn--)(?:[a-z\d-]+\.)*[a-z][a-z\d-]*(?::[1-9]\d{0,3})?$/;
