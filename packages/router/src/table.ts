import {
  type AnyHttpFunction,
  type Context,
  HandlerError,
  type HttpReply,
  type HttpRequest,
  type HttpTrigger,
} from "@portico/core";
import {
  compilePath,
  describe,
  type LazyHttpRequest,
  type Miss,
  matchRoute,
  notFound,
  type PathMatcher,
  parsePath,
  refuseMethod,
} from "@portico/core/adapter";
import { Tree } from "./tree.js";

/** Where a request goes. With a miss, the layers of the function are to answer, and its handler is not. */
export interface Destination {
  readonly fn: AnyHttpFunction;
  /** The parameters of the function's own template. */
  readonly params: Readonly<Record<string, string>>;
  readonly miss?: Miss | undefined;
}

export interface Table {
  /** The triggers of all functions, with those behind inner routers in place of these. */
  readonly triggers: readonly HttpTrigger[];
  /**
   * The function for a request, or the answer to an OPTIONS request that none takes.
   *
   * @throws {HandlerError} NOT_FOUND, METHOD_NOT_ALLOWED, or BAD_REQUEST when a parameter is not valid percent-encoding.
   */
  find(request: HttpRequest, context: Context): Destination | HttpReply;
}

/** One function at one place. A function that is a router stands at every place of its own functions. */
interface Route {
  readonly fn: AnyHttpFunction;
  readonly trigger: HttpTrigger;
  readonly match: PathMatcher;
}

/** All templates that fit the same paths, whatever they call their parameters. */
interface Place {
  readonly template: string;
  readonly match: PathMatcher;
  readonly byMethod: Map<string, Route>;
}

/** @throws {HandlerError} CONFIG_INVALID as `router` says. */
export function createTable(functions: readonly AnyHttpFunction[]): Table {
  const tree = new Tree<Place>();
  const triggers: HttpTrigger[] = [];
  for (const fn of functions) {
    for (const trigger of toTriggers(fn)) {
      const { path } = trigger;
      const place = tree.at(parsePath(path), () => ({ template: path, match: compilePath(path), byMethod: new Map() }));
      addTo(place, { fn, trigger, match: path === place.template ? place.match : compilePath(path) });
      triggers.push(trigger);
    }
  }
  return {
    triggers,
    find(request, context) {
      const { path, method } = request;
      const { byMethod } = tree.first(path) ?? nowhere;
      const route = byMethod.get(method) ?? (method === "OPTIONS" ? undefined : byMethod.get("*"));
      return route ? toDestination(route, path) : search(tree.all(path), request, context);
    },
  };
}

const nowhere = { byMethod: new Map<string, Route>() };

/** What takes a few steps more: OPTIONS, and a method that the most specific place does not take. */
function search(fits: readonly Place[], request: HttpRequest, context: Context): Destination | HttpReply {
  const [first] = fits;
  if (!first) throw notFound();
  const { method, path } = request;
  const methods = fits.flatMap(({ byMethod }) => [...byMethod.keys()]);
  // A preflight belongs to the function that would get the request it asks for.
  const wanted = method === "OPTIONS" ? request.headers.get("access-control-request-method") : null;
  for (const { byMethod } of fits) {
    const named = byMethod.get(method);
    if (named) return toDestination(named, path);
    const asked = wanted === null ? undefined : byMethod.get(wanted);
    if (asked?.trigger.layerMethods?.includes(method)) return toDestination(asked, path, refuseMethod(method, methods));
    const every = byMethod.get("*");
    if (every) return toDestination(every, path);
  }
  const miss = refuseMethod(method, methods);
  for (const { byMethod } of fits) {
    for (const route of byMethod.values()) {
      if (route.trigger.layerMethods?.includes(method)) return toDestination(route, path, miss);
    }
  }
  if (!(miss instanceof Error)) return miss;
  matchRoute(context, first.template, (request as LazyHttpRequest)["~source"]);
  throw miss;
}

function toDestination({ fn, match }: Route, path: string, miss?: Miss): Destination {
  // The tree has said that the path fits.
  const params = match(path) ?? {};
  // An inner router finds the function, and what its layers answer, by itself.
  return { fn, params, miss: fn.trigger.routes ? undefined : miss };
}

function toTriggers(fn: AnyHttpFunction): readonly HttpTrigger[] {
  const trigger: HttpTrigger | undefined = fn?.trigger;
  if (trigger?.kind !== "http") {
    const what = trigger ? `a function of the kind ${String(trigger.kind)}` : describe(fn);
    throw new HandlerError("CONFIG_INVALID", `A router takes HTTP functions, and was given ${what}.`, {
      hint: "Pass what http.get(path).handle(...) and its like return, or another router.",
    });
  }
  const { routes, layerMethods = [] } = trigger;
  if (!routes) return [trigger];
  if (layerMethods.length === 0) return routes;
  return routes.map((route) => ({
    ...route,
    layerMethods: [...new Set([...layerMethods, ...(route.layerMethods ?? [])])],
  }));
}

function addTo({ byMethod }: Place, route: Route): void {
  const { methods } = route.trigger;
  for (const method of methods) {
    const other = byMethod.get(method);
    if (!other || isImpliedHead(method, other)) byMethod.set(method, route);
    else if (!isImpliedHead(method, route)) {
      throw new HandlerError(
        "CONFIG_INVALID",
        `Two functions take ${method === "*" ? "every method" : method} at one place: ${name(other)} and ${name(route)}.`,
        { hint: "Give one of them another path or method; names of parameters do not tell paths apart." },
      );
    }
  }
  if (methods.includes("GET") && !byMethod.has("HEAD")) byMethod.set("HEAD", route);
}

/** HEAD that came with GET gives way to a function of its own. */
function isImpliedHead(method: string, { trigger }: Route): boolean {
  return method === "HEAD" && trigger.methods.includes("GET");
}

function name({ trigger: { methods, path } }: Route): string {
  return `${methods.join(", ")} ${path}`;
}
