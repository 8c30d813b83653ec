import type { RpcFunction } from "./messages.js";

/** A function that answers a request, with the parameters of its route. */
export interface RouteMatch {
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the function for a method and a path as {@link decodePath} gives it; undefined is the host's own 404. */
export type RouteTable = (method: string, path: string) => RouteMatch | undefined;

/**
 * Routes as the Functions host tries them: in the order of the functions' names, whatever is the better match; without regard to case, to a
 * trailing slash, or to other functions of the same route that take another method (there is no 405).
 */
export function createRoutes(functions: readonly Omit<RpcFunction, "type">[], routePrefix: string): RouteTable {
  const sorted = [...functions].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  const routes = sorted.map(({ name, route, methods }) => ({
    name,
    methods: methods.map((method) => method.toUpperCase()),
    // An empty route is the function's name.
    ...compile([routePrefix, route || name].filter(Boolean).join("/")),
  }));
  return (method, path) => {
    for (const { name, methods, pattern, names } of routes) {
      const match = methods.includes(method) ? pattern.exec(path) : null;
      if (!match) continue;
      const params = names.flatMap((param, index) =>
        match[index + 1] === undefined ? [] : [[param, match[index + 1]]],
      );
      return { name, params: Object.fromEntries(params) as Record<string, string> };
    }
    return undefined;
  };
}

/** The parts of the host's route syntax that routes of portable functions use. */
function compile(template: string): { pattern: RegExp; names: string[] } {
  const names: string[] = [];
  const source = template.split("/").map((segment) => {
    const [, kind, name = "", constraint, optional] =
      /^\{(?!\{)(\*{0,2})([^{}:?]+)(?::([^{}]*?))?(\?)?\}$/.exec(segment) ?? [];
    if (kind === undefined) return `/${toLiteral(segment.replace(/\{\{|\}\}/g, (braces) => braces[0] as string))}`;
    if (constraint !== undefined && constraint !== "maxlength(0)")
      throw new Error(`The route constraint ${constraint} is not known here.`);
    // An optional parameter of no characters: the trailing slash that any route may have.
    if (constraint !== undefined) return "";
    names.push(name);
    if (kind !== "") return "(?:/(.*?))?";
    return optional ? "(?:/([^/]+))?" : "/([^/]+)";
  });
  return { pattern: new RegExp(`^${source.join("")}/?$`, "is"), names };
}

function toLiteral(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A path as the host's server decodes it: valid UTF-8 escapes but that of the slash, dot segments resolved. */
export function decodePath(path: string): string {
  const decoded = path.replace(/(?:%(?!2f)[\da-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
  return removeDotSegments(decoded);
}

function removeDotSegments(path: string): string {
  if (!/\/\.{1,2}(?:\/|$)/.test(path)) return path;
  const kept: string[] = [];
  const segments = path.split("/").slice(1);
  for (const [index, segment] of segments.entries()) {
    const dots = segment === "." || segment === "..";
    if (segment === "..") kept.pop();
    if (!dots) kept.push(segment);
    else if (index === segments.length - 1) kept.push("");
  }
  return `/${kept.join("/")}`;
}

/** The decoded path as the host writes it into the request's URL: what looks like an escape by now is taken for one. */
export function encodePath(decoded: string): string {
  return decoded.replace(/%[\da-f]{2}|[^\w\-.~!$&'()*+,;=:@/]+/gi, (text) =>
    /^%[\da-f]{2}$/i.test(text) ? text : encodeURIComponent(text.toWellFormed()),
  );
}
