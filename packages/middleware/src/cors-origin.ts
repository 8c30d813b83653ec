import { HandlerError, type HttpRequest } from "@portico/core";

type OriginFunction = (origin: string, request: HttpRequest) => boolean | string | Promise<boolean | string>;

/** Which origins `cors` allows; see `CorsOptions.origin`. */
export type OriginRule = string | RegExp | readonly (string | RegExp)[] | OriginFunction;

/** The origin to name in the reply, or undefined for one that is refused. */
type OriginCheck = (origin: string, request: HttpRequest) => string | undefined | Promise<string | undefined>;

// One origin as browsers write it: https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
const oneOrigin = /^(?:null|[a-z][a-z\d+.-]*:\/\/[^\s,/?#@]+)$/;

/** @throws {HandlerError} CONFIG_INVALID when a text is not an origin, or is `*` where that is not possible. */
export function toOriginCheck(rule: OriginRule, credentials: boolean): OriginCheck {
  if (rule === "*") {
    if (credentials) throw starWithCredentials();
    return () => "*";
  }
  if (typeof rule === "function")
    return (origin, request) => (oneOrigin.test(origin) ? ask(rule, origin, request, credentials) : undefined);
  const rules = [rule].flat() as readonly (string | RegExp)[];
  const origins = new Set(rules.filter((item) => typeof item === "string").map(checkedOrigin));
  const patterns = rules.filter((item) => item instanceof RegExp).map(whole);
  return (origin) => {
    if (origins.has(origin)) return origin;
    return oneOrigin.test(origin) && origin !== "null" && patterns.some((pattern) => pattern.test(origin))
      ? origin
      : undefined;
  };
}

async function ask(
  rule: OriginFunction,
  origin: string,
  request: HttpRequest,
  credentials: boolean,
): Promise<string | undefined> {
  const answer = await rule(origin, request);
  if (answer === "*" && credentials) throw starWithCredentials();
  return answer === true ? origin : answer || undefined;
}

function checkedOrigin(text: string): string {
  const hint = originHint(text);
  if (hint === undefined) return text;
  throw new HandlerError("CONFIG_INVALID", `cors: no browser sends the origin ${JSON.stringify(text)}.`, { hint });
}

function originHint(text: string): string | undefined {
  if (text.includes("*"))
    return text === "*" ? 'Give origin: "*" alone.' : "For a wildcard, give a regular expression or a function.";
  if (!oneOrigin.test(text))
    return "An origin is scheme, host and port, in lower case, without a path: https://shop.example.com";
  if (/^https?:/.test(text)) {
    const { origin } = new URL(text);
    if (origin !== text) return `Browsers write it ${origin}`;
  }
  return undefined;
}

/** The pattern for the whole of a text: `/example\.com/` must not allow `https://example.com.attacker.test`. */
function whole({ source, flags }: RegExp): RegExp {
  return new RegExp(`^(?:${source})$`, flags.replace(/[gym]/g, ""));
}

function starWithCredentials(): HandlerError {
  return new HandlerError("CONFIG_INVALID", "cors: credentials cannot be allowed to every origin.", {
    hint: "Browsers refuse * with credentials; list the origins, or give a function that decides.",
  });
}
