import {
  type AnyHttpFunction,
  type Context,
  HandlerError,
  type HttpFunction,
  type HttpReply,
  type HttpRequest,
  type Middleware,
} from "@portico/core";
import {
  checkNames,
  createHttpFunction,
  describe,
  type HttpRun,
  type LazyHttpRequest,
  matchRoute,
  type OptionNames,
  replyOf,
  runOf,
  toBasePath,
  toHttpFunction,
  withParams,
} from "@portico/core/adapter";
import { mountedTrigger, toMounted } from "./base-path.js";
import { createTable } from "./table.js";

/** A layer in front of all functions of a router. What it adds, their own layers and handlers find in the context. */
export type RouterLayer = Middleware<HttpRequest, Context, object, HttpReply>;

/** What stands around the functions of a router. */
export interface RouterOptions {
  /** Layers around every function and around the router's own answers: 404, 405 and OPTIONS. */
  readonly use?: readonly RouterLayer[] | undefined;
  /**
   * Where the functions are mounted, such as `/api/v1`: their templates are matched behind it, and they see `request.path` without it
   * and it in `request.basePath`. Default: the root.
   */
  readonly basePath?: string | undefined;
}

/**
 * One HTTP function that runs the one of `functions` that a request is for. The most specific template wins, segment by segment: a
 * literal over `:name` over `*name`; at one place, a function for the request's method wins over one for every method. What no
 * function takes is answered here: 404, 405 with `Allow`, OPTIONS with 204. Routers may stand in routers.
 *
 * @throws {HandlerError} CONFIG_INVALID when something is not an HTTP function, or two functions take one method at one place.
 * @example
 * export const api = router([createOrder, getOrder], { use: [requestId(), cors({ origin: "*" })] });
 */
export function router(functions: readonly AnyHttpFunction[], options: RouterOptions = {}): HttpFunction {
  checkNames(options, { use: true, basePath: true } satisfies OptionNames<RouterOptions>);
  for (const one of [functions, options.use ?? []]) {
    if (Array.isArray(one)) continue;
    throw new HandlerError("CONFIG_INVALID", `A router takes lists of functions, and was given ${describe(one)}.`, {
      hint: "Write `router([createOrder, getOrder], { use: [cors({ ... })] })`.",
    });
  }
  const { use = [], basePath = "" } = options;
  const base = toBasePath(basePath);
  const table = createTable(functions);
  const layered = use.length > 0;
  const run: HttpRun = (outer, context) => {
    const request = base === "" ? outer : toMounted(outer, base);
    const found = table.find(request, context);
    if (!("fn" in found)) return found;
    const inner = withParams(request, found.params, found.miss);
    // An inner router says itself which of its functions it is.
    const { path, routes: isRouter } = found.fn.trigger;
    if (!isRouter) matchRoute(context, path, (request as LazyHttpRequest)["~source"]);
    // Layers of the router see the reply to an error of a function, and not the error. The one place that gives a function its event:
    // `find` gave the parameters of the function's own template.
    return layered ? replyOf(found.fn, inner, context) : runOf(found.fn)(inner, context);
  };
  const routes = table.triggers.map((trigger) => mountedTrigger(trigger, base));
  const layers = use as Parameters<typeof createHttpFunction>[2];
  const whole = createHttpFunction(
    ["*"],
    `${base}/*path`,
    layers,
    run as Parameters<typeof createHttpFunction>[3],
    routes,
    functions,
  );
  // Without layers there is nothing to wrap a function in, which sees to its own time.
  return layered ? whole : toHttpFunction(whole.trigger, run, whole.uses);
}
