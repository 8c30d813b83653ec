import { HandlerError, type HttpRequest, type HttpTrigger } from "@portico/core";
import { canonicalPath, type LazyHttpRequest, parsePath, withParams } from "@portico/core/adapter";
import { notFound } from "./table.js";

/**
 * A base path in its canonical spelling, without a slash at the end.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is no path of literal segments.
 */
export function checkBasePath(basePath: string): string {
  if (basePath === "" || basePath === "/") return "";
  const base = canonicalPath(basePath.replace(/\/$/, ""));
  if (parsePath(base).some(({ kind }) => kind !== "literal")) {
    throw new HandlerError("CONFIG_INVALID", `The base path ${JSON.stringify(basePath)} has parameters.`, {
      hint: "A base path is text, like /api/v1; put parameters into the templates of the functions.",
    });
  }
  return base;
}

/**
 * The request as functions behind the base path see it.
 *
 * @throws {HandlerError} NOT_FOUND when it is for another place.
 */
export function toMounted(request: HttpRequest, base: string): HttpRequest {
  const { path, basePath } = request;
  if (path !== base && !path.startsWith(`${base}/`)) throw notFound();
  const source = Object.create((request as LazyHttpRequest)["~source"], {
    path: { value: () => path.slice(base.length) || "/" },
    basePath: { value: () => basePath + base },
  });
  return withParams(request, undefined, undefined, source);
}

/** What starts a function that stands behind the base path. */
export function mountedTrigger(trigger: HttpTrigger, base: string): HttpTrigger {
  return base === "" ? trigger : { ...trigger, path: trigger.path === "/" ? base : `${base}${trigger.path}` };
}
