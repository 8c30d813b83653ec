import type { HttpRequest, HttpTrigger } from "@portico/core";
import { behindBasePath, type LazyHttpRequest, withParams } from "@portico/core/adapter";

/**
 * The request as functions behind the base path see it.
 *
 * @throws {HandlerError} NOT_FOUND when it is for another place.
 */
export function toMounted(request: HttpRequest, base: string): HttpRequest {
  const { path, basePath } = request;
  const inner = behindBasePath(path, base);
  const source = Object.create((request as LazyHttpRequest)["~source"], {
    path: { value: () => inner },
    basePath: { value: () => basePath + base },
  });
  return withParams(request, undefined, undefined, source);
}

/** What starts a function that stands behind the base path. */
export function mountedTrigger(trigger: HttpTrigger, base: string): HttpTrigger {
  return base === "" ? trigger : { ...trigger, path: trigger.path === "/" ? base : `${base}${trigger.path}` };
}
