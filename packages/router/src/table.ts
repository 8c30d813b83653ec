import { type AnyHttpFunction, HandlerError, type HttpReply, type HttpRequest, type HttpTrigger } from "@portico/core";
import {
  compilePath,
  describe,
  type Miss,
  notFound,
  type PathMatcher,
  parsePath,
  refuseMethod,
} from "@portico/core/adapter";
import { addRoute, createRouter, findAllRoutes, findRoute } from "rou3";

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
  find(request: HttpRequest): Destination | HttpReply;
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

/** A place that a path fits, with the parameters as the place's own template names them. */
interface Fit {
  readonly path: string;
  readonly place: Place;
  readonly params: Readonly<Record<string, string>>;
}

/** @throws {HandlerError} CONFIG_INVALID as `router` says. */
export function createTable(functions: readonly AnyHttpFunction[]): Table {
  const tree = createRouter<Place>();
  const places = new Map<string, Place>();
  const triggers: HttpTrigger[] = [];
  for (const fn of functions) {
    for (const trigger of toTriggers(fn)) {
      const { path } = trigger;
      const pattern = toPattern(path);
      const place = places.get(pattern) ?? { template: path, match: compilePath(path), byMethod: new Map() };
      if (!places.has(pattern)) addRoute(tree, "", pattern, place);
      places.set(pattern, place);
      addTo(place, { fn, trigger, match: path === place.template ? place.match : compilePath(path) });
      triggers.push(trigger);
    }
  }
  return {
    triggers,
    find(request) {
      const { path, method } = request;
      // The tree lets a parameter be empty, so what it finds is asked again.
      const treePath = toTreePath(path);
      const place = findRoute(tree, "", treePath, withoutParams)?.data;
      const params = place?.match(path);
      if (place && params) {
        const route = place.byMethod.get(method) ?? (method === "OPTIONS" ? undefined : place.byMethod.get("*"));
        if (route) return toDestination(route, { path, place, params });
      }
      return search(toFits(findAllRoutes(tree, "", treePath, withoutParams), path), request);
    },
  };
}

const withoutParams = { params: false };

/** Most specific first. */
function toFits(found: readonly { readonly data: Place }[], path: string): readonly Fit[] {
  const fits = found.map(({ data: place }) => ({ path, place, params: place.match(path) }));
  return fits.filter((fit): fit is Fit => fit.params !== undefined).reverse();
}

/** What takes a few steps more: OPTIONS, and a method that the most specific place does not take. */
function search(fits: readonly Fit[], request: HttpRequest): Destination | HttpReply {
  if (fits.length === 0) throw notFound();
  const { method } = request;
  const methods = fits.flatMap(({ place }) => [...place.byMethod.keys()]);
  // A preflight belongs to the function that would get the request it asks for.
  const wanted = method === "OPTIONS" ? request.headers.get("access-control-request-method") : null;
  for (const fit of fits) {
    const { byMethod } = fit.place;
    const named = byMethod.get(method);
    if (named) return toDestination(named, fit);
    const asked = wanted === null ? undefined : byMethod.get(wanted);
    if (asked?.trigger.layerMethods?.includes(method)) return toDestination(asked, fit, refuseMethod(method, methods));
    const every = byMethod.get("*");
    if (every) return toDestination(every, fit);
  }
  const miss = refuseMethod(method, methods);
  for (const fit of fits) {
    for (const route of fit.place.byMethod.values()) {
      if (route.trigger.layerMethods?.includes(method)) return toDestination(route, fit, miss);
    }
  }
  if (miss instanceof Error) throw miss;
  return miss;
}

function toDestination({ fn, match }: Route, { path, place, params }: Fit, miss?: Miss): Destination {
  const own = match === place.match ? params : (match(path) ?? params);
  // An inner router finds the function, and what its layers answer, by itself.
  return { fn, params: own, miss: fn.trigger.routes ? undefined : miss };
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

/** The template as rou3 writes it, with parameters by number. */
function toPattern(template: string): string {
  const parts = parsePath(template).map((segment, index) => {
    if (segment.kind === "rest") return "**";
    return segment.kind === "param" ? `:_${index}` : toTreePath(`/${segment.text}`).slice(1);
  });
  return parts.length === 0 ? toTreePath("/") : `/${parts.join("/")}`;
}

const special = /[:()*+$]|(?<=\/)(?=\/|$)/g;

/**
 * A path as the tree keeps it and as it is looked up: characters that rou3 gives a meaning are percent-encoded, and empty segments, which
 * it drops at the end, are marked. No canonical path has either, so different paths stay different.
 */
function toTreePath(path: string): string {
  return path.replace(special, (text) => (text === "" ? "<" : `%${text.charCodeAt(0).toString(16)}`));
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
