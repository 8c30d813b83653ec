import {
  type Context,
  HandlerError,
  type HttpReply,
  type HttpRequest,
  type Middleware,
  type None,
  reply,
  withHeaders,
} from "@portico/core";
import { checkNames, checkNumbers, type OptionNames, toFailure, trimWhiteSpace } from "@portico/core/adapter";
import { type OriginRule, toOriginCheck } from "./cors-origin.js";

/** Which origins may do what. */
export interface CorsOptions {
  /**
   * Who may read the replies: everybody (`*`), these origins, origins that match a pattern as a whole, or whoever a function allows (true,
   * or the origin to name). The origin `null` (a sandboxed frame, a local file) is allowed only where it is listed as `null`.
   */
  readonly origin: OriginRule;
  /** Methods a preflight allows. Default: GET, HEAD, PUT, PATCH, POST, DELETE. */
  readonly methods?: readonly string[] | undefined;
  /** Request headers a preflight allows. Default: those it asks for. */
  readonly allowHeaders?: readonly string[] | undefined;
  /** Reply headers a script may read, beside the few that it always may. Default: none. */
  readonly exposeHeaders?: readonly string[] | undefined;
  /** Whether requests may carry cookies and other credentials. Not possible with `*`. Default: false. */
  readonly credentials?: boolean | undefined;
  /** How long a browser may keep the answer to a preflight; -1 forbids it. Seconds; default: the browser's (5). */
  readonly maxAgeSeconds?: number | undefined;
  /** Whether public sites may call this function inside a private network. Default: false. */
  readonly privateNetwork?: boolean | undefined;
}

/**
 * Lets scripts of other origins read the replies (Cross-Origin Resource Sharing). Preflights are answered here wherever the function is
 * registered, before its path and methods are looked at; a plain OPTIONS goes on. Errors and early answers of the layers inside carry
 * the same headers. A refused origin gets its reply without them, so the browser keeps it from the script; CORS does not keep requests out.
 *
 * @example
 * const app = router([createOrder], { use: [cors({ origin: "https://shop.example.com", credentials: true })] });
 *
 * @throws {HandlerError} CONFIG_INVALID when `credentials` meets a `*`, or an origin is none, such as a URL with a path.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function cors(options: CorsOptions): Middleware<HttpRequest, Context, None, HttpReply> {
  checkOptions(options);
  const allow = toOriginCheck(options.origin, options.credentials === true);
  const fixed = options.origin === "*";
  const preflight = toPreflight(options, fixed);
  const exposed = options.exposeHeaders?.join(", ");

  const layer = async (request: HttpRequest, _context: unknown, next: () => Promise<HttpReply>): Promise<HttpReply> => {
    const { headers } = request;
    const origin = headers.get("origin");
    // With `*` the header is always there, so that a cache may keep one reply for all.
    const answer = fixed ? "*" : origin === null ? undefined : allow(origin, request);
    const allowed = answer instanceof Promise ? await answer : answer;
    const grant: Record<string, string> = {};
    if (allowed !== undefined) {
      grant["access-control-allow-origin"] = allowed;
      if (options.credentials) grant["access-control-allow-credentials"] = "true";
    }
    if (request.method === "OPTIONS" && origin !== null && headers.has("access-control-request-method")) {
      return preflight(request, grant);
    }
    let response: HttpReply;
    try {
      response = await next();
    } catch (error) {
      response = toFailure(error);
    }
    if (!fixed) grant.vary = withMember(response.headers.vary, "Origin");
    if (allowed !== undefined && exposed) grant["access-control-expose-headers"] = withExposed(response, exposed);
    return allowed === "*" ? grantToAll(response, grant) : withHeaders(response, grant);
  };
  return Object.assign(layer, { answers: ["OPTIONS"] });
}

function toPreflight(options: CorsOptions, fixed: boolean) {
  const { allowHeaders, maxAgeSeconds, privateNetwork } = options;
  const methods = (options.methods ?? ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"]).join(", ");
  const vary = [
    ...(fixed ? [] : ["Origin"]),
    "Access-Control-Request-Method",
    ...(allowHeaders ? [] : ["Access-Control-Request-Headers"]),
    ...(privateNetwork ? ["Access-Control-Request-Private-Network"] : []),
  ].join(", ");
  return ({ headers }: HttpRequest, grant: Readonly<Record<string, string>>): HttpReply => {
    if (grant["access-control-allow-origin"] === undefined) return reply.empty({ headers: { vary } });
    const answer: Record<string, string> = { ...grant, vary, "access-control-allow-methods": methods };
    const asked = allowHeaders ?? headers.list("access-control-request-headers").filter((name) => token.test(name));
    if (asked.length > 0) answer["access-control-allow-headers"] = asked.join(", ");
    if (maxAgeSeconds !== undefined) answer["access-control-max-age"] = String(maxAgeSeconds);
    if (privateNetwork && headers.get("access-control-request-private-network") === "true") {
      answer["access-control-allow-private-network"] = "true";
    }
    return reply.empty({ headers: answer });
  };
}

const token = /^[!#$%&'*+\-.^_`|~\da-zA-Z]+$/;

/** A list field with one more member, unless it has that already or names everything. */
function withMember(list: string | readonly string[] | undefined, member: string): string {
  const members = toMembers(list);
  return members.some((given) => given === "*" || given.toLowerCase() === member.toLowerCase())
    ? members.join(", ")
    : [...members, member].join(", ");
}

function toMembers(list: string | readonly string[] = []): string[] {
  return [list]
    .flat()
    .flatMap((line) => line.split(","))
    .map(trimWhiteSpace)
    .filter((member) => member !== "");
}

/** What is exposed here beside what a layer inside exposes, which this one must not take back. */
function withExposed({ headers }: HttpReply, exposed: string): string {
  const inside = headers["access-control-expose-headers"];
  return inside === undefined ? exposed : toMembers(exposed).reduce(withMember, toMembers(inside).join(", "));
}

/**
 * `*` beside what a layer inside granted: with credentials, which browsers refuse beside `*`, to one origin, that stands. Where no origin is named
 * it is the credentials that go.
 */
function grantToAll(response: HttpReply, grant: Readonly<Record<string, string>>): HttpReply {
  const { "access-control-allow-credentials": credentials, ...headers } = response.headers;
  if (credentials === undefined) return withHeaders(response, grant);
  const [origin = "*", ...more] = toMembers(headers["access-control-allow-origin"]);
  if (origin === "*" || more.length > 0) return withHeaders({ ...response, headers }, grant);
  return withHeaders(response, { ...grant, "access-control-allow-origin": origin });
}

const optionNames = {
  origin: true,
  methods: true,
  allowHeaders: true,
  exposeHeaders: true,
  credentials: true,
  maxAgeSeconds: true,
  privateNetwork: true,
} satisfies OptionNames<CorsOptions>;

function checkOptions(options: CorsOptions): void {
  // Without options there is no origin, and nobody to allow.
  checkNames(options ?? null, optionNames);
  const { methods = [], allowHeaders = [], exposeHeaders = [], credentials } = options;
  const names = [...methods, ...allowHeaders, ...exposeHeaders];
  const bad = names.find((name) => !token.test(name));
  if (bad !== undefined)
    throw new HandlerError("CONFIG_INVALID", `cors: ${JSON.stringify(bad)} is not the name of a method or header.`);
  if (credentials && names.includes("*")) {
    throw new HandlerError(
      "CONFIG_INVALID",
      "cors: with credentials, browsers take * for a name and not for everything.",
      {
        hint: "List the methods and headers.",
      },
    );
  }
  checkNumbers(options, { maxAgeSeconds: { is: "a whole number of seconds", from: -1, whole: true } });
}
