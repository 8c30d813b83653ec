import type { HttpFunction, HttpRequest } from "@portico/core";
import {
  checkNames,
  createHttpFunction,
  encodedContent,
  type OptionNames,
  toNodeHead,
  unencodable,
} from "@portico/core/adapter";
import { Framework } from "./framework.js";
import { type GoogleRequest, toHeaders } from "./google-request.js";
import { checkNative, type NativeHandler } from "./options.js";

export type { GoogleRequest } from "./google-request.js";
export type { NativeHandler } from "./options.js";

/** How a Google function for HTTP requests is wrapped. */
export interface WrapHttpOptions {
  /** The template of the paths that the function answers. Default: `/*rest`, all of them. */
  readonly path?: string | undefined;
  /** The methods that it answers. Default: every method. */
  readonly methods?: readonly string[] | undefined;
}

const names = { path: true, methods: true } satisfies OptionNames<WrapHttpOptions>;

/**
 * Makes a portable HTTP function of one for Google, `(request, response)`. It is called by the functions framework's own server, which is
 * loaded with the first request: its request and response are Express's, with the body parsed by its type and kept in `rawBody`. A throw
 * is 500 with `X-Google-Status: crash`; a handler that never ends its response is given up by the adapter. `/favicon.ico` and
 * `/robots.txt` are 404, as at home.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is no function, or the path is no template.
 * @see https://cloud.google.com/functions/docs/writing/write-http-functions
 * @example
 * export const page = google.http(handler, { path: "/*rest" });
 */
export function http(handler: NativeHandler, options: WrapHttpOptions = {}): HttpFunction {
  checkNames(options, names);
  const { path = "/*rest", methods } = options;
  checkNative(handler, "http");
  const framework = new Framework(handler);
  const upper = methods?.map((method) => method.toUpperCase()) ?? ["*"];
  return createHttpFunction(upper, path, [], async (request, context) =>
    framework.answer(withoutClaims(await encodeHttp(request), request.identity?.provider), context, request.clientIp),
  );
}

// What Identity-Aware Proxy, and what API Gateway or Cloud Endpoints alone may say of who is calling.
const claims = {
  iap: /^x-goog-(?:authenticated-user-|iap-)/,
  "api-gateway": /^x-(?:apigateway|endpoint)-api-userinfo$/,
};

/** A client that says who is calling is not heard: those fields stay where this cloud's own service has said it. */
function withoutClaims(request: GoogleRequest, provider: string | undefined): GoogleRequest {
  const headers = toHeaders(request.headers);
  for (const [of, claim] of Object.entries(claims)) {
    if (of === provider) continue;
    for (const name of Object.keys(headers)) if (claim.test(name)) delete headers[name];
  }
  return { ...request, headers };
}

/**
 * A request as Google's front end would send it: with the client at the end of `X-Forwarded-For`, and the scheme in `X-Forwarded-Proto`.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when a header field has a character that HTTP does not allow; TOO_LARGE when the body is.
 */
export async function encodeHttp(request: HttpRequest): Promise<GoogleRequest> {
  const { method, target, headers: lines } = toNodeHead(request);
  const headers = toHeaders({});
  for (const [name, given] of lines) {
    const line = given.replace(/^[\t ]+|[\t ]+$/g, "");
    if (!/^[!#$%&'*+\-.^_`|~\da-z]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(line)) {
      throw unencodable(
        "An HTTP request",
        `header ${JSON.stringify(name)}`,
        "it has a character that HTTP does not allow",
      );
    }
    const before = headers[name];
    headers[name] = before === undefined ? line : [...(typeof before === "string" ? [before] : before), line];
  }
  const chain = request.headers.list("x-forwarded-for");
  const { clientIp, url } = request;
  if (clientIp !== undefined && chain.at(-1) !== clientIp) headers["x-forwarded-for"] = [...chain, clientIp].join(", ");
  headers["x-forwarded-proto"] = url.startsWith("https:") ? "https" : "http";
  return { method, path: target, headers, body: await encodedContent(request).bytes() };
}
