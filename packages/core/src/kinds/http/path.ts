import { HandlerError } from "../../error.js";

type Name<Segment extends string> = Segment extends `:${infer N}` ? N : Segment extends `*${infer N}` ? N : never;
type Names<Path extends string> = Path extends `${infer Head}/${infer Tail}` ? Name<Head> | Names<Tail> : Name<Path>;

/** The path parameters of a template: `/orders/:id` gives `{ id: string }`. */
export type Params<Path extends string> = string extends Path ? Record<string, string> : { [K in Names<Path>]: string };

/** One segment of a template. */
export type PathSegment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "param"; readonly name: string }
  | { readonly kind: "rest"; readonly name: string };

const name = /^[A-Za-z_]\w*$/;

/**
 * The segments of a path template. Adapters translate them for their platform; literals are canonical.
 *
 * @throws {HandlerError} CONFIG_INVALID when the template has no leading slash, a dot segment, a bad or repeated name, or a `*name` before its end.
 */
export function parsePath(template: string): readonly PathSegment[] {
  const refuse = (why: string, hint?: string) =>
    new HandlerError("CONFIG_INVALID", `The path template ${JSON.stringify(template)} ${why}.`, {
      hint: hint ?? "Templates are like /orders/:id and /files/*path; names are letters, digits and underscores.",
    });
  if (typeof template !== "string") throw refuse("is not a string");
  if (!template.startsWith("/")) throw refuse("does not start with a slash");
  if (template === "/") return [];
  const parts = template.slice(1).split("/");
  const seen = new Set<string>();
  return parts.map((part, index): PathSegment => {
    const other = hintFor(part);
    if (other) throw refuse(`has the segment ${JSON.stringify(part)}, which is another router's syntax`, other);
    if (/[?#]/.test(part)) throw refuse("has a query or a fragment");
    if (!/^[:*]/.test(part)) {
      const text = canonicalPath(part);
      if (text === "." || text === "..") throw refuse("has a dot segment, and no path does");
      return { kind: "literal", text };
    }
    const rest = part.startsWith("*");
    const param = part.slice(1);
    if (!name.test(param)) throw refuse(`has the parameter name ${JSON.stringify(param)}`);
    if (seen.has(param)) throw refuse(`has two parameters named ${param}`);
    if (rest && index < parts.length - 1) throw refuse(`has *${param} before its end`);
    seen.add(param);
    return rest ? { kind: "rest", name: param } : { kind: "param", name: param };
  });
}

// The syntax of other routers would be taken for plain text, which no request has: `/a/{id}`, `/a/[id]`, `/a/:id?`, `/a/(.*)`, `/a/**`, and
// the same in a part of a segment, `/a/{id}.json`. Parentheses and an asterisk alone may stand in a path.
function hintFor(part: string): string | undefined {
  if (/^(?:\*+|\(\.[*+]\)|\.\*|\{\*\}|:\w+(?:\*|\+|\(\.[*+]\)))$/.test(part))
    return "Write `*rest`: a final *name takes the rest of the path.";
  const rest = /^(?:\{\*(\w+)\}|\{(\w+)\+\}|\[{1,2}\.\.\.(\w+)\]{1,2})$/.exec(part);
  if (rest) return `Write \`*${rest[1] ?? rest[2] ?? rest[3]}\`: a final *name takes the rest of the path.`;
  const param = /^(?:\{(\w+)[^}]*\}|\[(\w+)\]|<(?:\w+:)?(\w+)>|:(\w+)\(.*\))$/.exec(part);
  if (param) return `Write \`:${param[1] ?? param[2] ?? param[3] ?? param[4]}\`.`;
  const optional = /^:(\w+)\?$/.exec(part);
  if (optional) return `Write \`:${optional[1]}\`, and declare a second function for the path without it.`;
  if (/[{}[\]<>]|\(\.[*+]\)/.test(part))
    return "A parameter is a whole segment: write `:name`, and take it apart in the handler. A character that is meant is percent-encoded.";
  return undefined;
}

/** Matches canonical paths: decoded parameters, which inherit nothing, or undefined. */
export type PathMatcher = (path: string) => Readonly<Record<string, string>> | undefined;

/**
 * A matcher for one template. Trailing slashes count; a final `*name` takes the rest of the path, which may be empty.
 * The matcher throws a HandlerError BAD_REQUEST when a parameter is not valid percent-encoded UTF-8.
 */
export function compilePath(template: string): PathMatcher {
  const segments = parsePath(template);
  if (segments.every(({ kind }) => kind === "literal")) {
    const path = `/${segments.map((segment) => (segment as { text: string }).text).join("/")}`;
    const none: Readonly<Record<string, string>> = Object.freeze(Object.create(null));
    return (given) => (given === path ? none : undefined);
  }
  const Params = createRecordType();
  return (given) => {
    if (!fits(segments, given)) return undefined;
    const params = new Params();
    let from = 0;
    for (const segment of segments) {
      const end = segment.kind === "rest" ? given.length : endOf(given, from);
      if (segment.kind !== "literal") params[segment.name] = decodeParam(given.slice(from + 1, end));
      from = end;
    }
    return params;
  };
}

// Segment by segment from one slash to the next: a pattern would make an array of its groups for every request.
function fits(segments: readonly PathSegment[], path: string): boolean {
  let from = 0;
  for (const segment of segments) {
    if (segment.kind === "rest") return from === path.length ? from > 0 : path[from] === "/";
    if (path[from] !== "/") return false;
    const end = endOf(path, from);
    const length = end - from - 1;
    if (
      segment.kind === "param"
        ? length === 0
        : length !== segment.text.length || !path.startsWith(segment.text, from + 1)
    )
      return false;
    from = end;
  }
  return from === path.length;
}

function endOf(path: string, from: number): number {
  const next = path.indexOf("/", from + 1);
  return next < 0 ? path.length : next;
}

/** Makes records that inherit nothing, as those of `Object.create(null)`, but without the hash table that an engine makes of these. */
function createRecordType(): new () => Record<string, string> {
  function Type(): void {}
  Type.prototype = Object.freeze(Object.create(null));
  return Type as unknown as new () => Record<string, string>;
}

/**
 * A path parameter, decoded.
 *
 * @throws {HandlerError} BAD_REQUEST when it is not valid percent-encoded UTF-8.
 */
export function decodeParam(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new HandlerError("BAD_REQUEST", "The path is not valid percent-encoding.", { cause });
  }
}

const plain = /^[\w\-.~!$&'()*+,;=:@/]*$/;
const strange = /%[\dA-Fa-f]{2}|(?:(?!%[\dA-Fa-f]{2})[^\w\-.~!$&'()*+,;=:@/])+/g;

/**
 * One spelling per path, so that `path` is the same on platforms that decode it and on those that do not: characters that may be literal
 * in a path are, everything else is percent-encoded in upper case, dot segments are resolved. `%2F` stays apart from a slash.
 * With `decoded`, the platform has decoded the path already, and a percent sign that starts no escape is one that was encoded.
 */
export function canonicalPath(path: string, decoded = false): string {
  const canonical = plain.test(path) ? path : path.replace(strange, (text) => canonicalText(text, decoded));
  return canonical.includes("/.") ? new URL(`http://path${canonical}`).pathname : canonical;
}

function canonicalText(text: string, decoded: boolean): string {
  if (/^%[\dA-Fa-f]{2}$/.test(text)) {
    const character = String.fromCharCode(Number.parseInt(text.slice(1), 16));
    return character !== "/" && plain.test(character) ? character : text.toUpperCase();
  }
  // A lone surrogate has no UTF-8 encoding; it becomes U+FFFD, as in a URL.
  const encoded = encodeURI(text.toWellFormed()).replace(/[?#]/g, encodeURIComponent);
  return decoded ? encoded : encoded.replaceAll("%25", "%");
}

/**
 * A base path in its canonical spelling, without a slash at the end; `""` for the root.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is no path, or has parameters.
 */
export function toBasePath(given: string | undefined): string {
  if (given === undefined || given === "" || given === "/") return "";
  const base = canonicalPath(given.replace(/\/$/, ""));
  if (!base.startsWith("/"))
    throw new HandlerError("CONFIG_INVALID", `The base path ${JSON.stringify(given)} does not start with a slash.`);
  if (parsePath(base).some(({ kind }) => kind !== "literal")) {
    throw new HandlerError("CONFIG_INVALID", `The base path ${JSON.stringify(given)} has parameters.`, {
      hint: "A base path is text, like /api/v1; put parameters into the templates of the functions.",
    });
  }
  return base;
}

/** Whether a canonical path starts with a base path, at a slash. */
export function isBehind(path: string, base: string): boolean {
  return path.startsWith(base) && (base === "" || path.length === base.length || path[base.length] === "/");
}

/**
 * What is left of a canonical path behind a base path.
 *
 * @throws {HandlerError} NOT_FOUND when the path is not behind it.
 */
export function behindBasePath(path: string, base: string): string {
  if (!isBehind(path, base)) throw notFound();
  return path.slice(base.length) || "/";
}

/** The error for a path that no function takes. */
export function notFound(): HandlerError {
  return new HandlerError("NOT_FOUND", "There is nothing at this path.");
}
