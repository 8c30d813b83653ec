import type { AnyHttpFunction, Context, HttpFunction, HttpReply, HttpRequest, Middleware } from "@portico/core";
import {
  type Answer,
  answerOf,
  createHttpFunction,
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
export function router(
  functions: readonly AnyHttpFunction[],
  { use = [], basePath = "" }: RouterOptions = {},
): HttpFunction {
  const base = toBasePath(basePath);
  const table = createTable(functions);
  const run: Answer = (outer, context) => {
    const request = base === "" ? outer : toMounted(outer, base);
    const found = table.find(request);
    if (!("fn" in found)) return found;
    return answerOf(found.fn)(withParams(request, found.params, found.miss), context);
  };
  const routes = table.triggers.map((trigger) => mountedTrigger(trigger, base));
  const layers = use as Parameters<typeof createHttpFunction>[2];
  const whole = createHttpFunction(["*"], `${base}/*path`, layers, run, routes);
  if (use.length > 0) return whole;
  // Without layers there is nothing to wrap a function in: only the router's own answers take the way through the pipeline.
  const answer = answerOf(whole);
  return toHttpFunction(whole.trigger, (request, context) => {
    try {
      return run(request, context);
    } catch {
      return answer(request, context);
    }
  });
}
