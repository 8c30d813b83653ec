import type { AnyInvokeFunction } from "@portico/core";
import { invokeOverHttp } from "@portico/core/adapter";
import { type GcpHttpOptions, http } from "./http.js";
import type { GcpHandler } from "./registration.js";

export type { GcpHttpOptions } from "./http.js";
export type { GcpHandler } from "./registration.js";

/**
 * Registers an invoke function with the functions framework, under the name that is deployed as the entry point: a POST with JSON, at any
 * path, is answered with JSON. The framework itself refuses JSON that is neither an object nor an array. Returns the handler it
 * registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not an invoke function, or the name is none that Google takes.
 * @example
 * gcp.invoke("quote", quote);
 */
export function invoke(name: string, fn: AnyInvokeFunction, options: GcpHttpOptions = {}): GcpHandler {
  return http(name, invokeOverHttp(fn, "/*rest"), options);
}
