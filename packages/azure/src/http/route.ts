import type { HttpMethod } from "@azure/functions";
import { HandlerError, type HttpTrigger } from "@portico/core";
import { parsePath } from "@portico/core/adapter";

/**
 * A path template in the host's syntax: `/orders/:id` is `orders/{id}`, `/files/*path` is `files/{*path}`. The host takes an empty route
 * for the function's name, so `/` is an optional parameter that cannot have a character.
 *
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#customize-the-http-endpoint
 */
export function toRoute(template: string): string {
  const segments = parsePath(template);
  if (segments.length === 0) return "{root:maxlength(0)?}";
  return segments
    .map((segment) => {
      if (segment.kind === "param") return `{${segment.name}}`;
      if (segment.kind === "rest") return `{*${segment.name}}`;
      // The host matches decoded paths. Braces are its syntax, doubled they are literal.
      return decode(segment.text).replace(/[{}]/g, "$&$&");
    })
    .join("/");
}

function decode(text: string): string {
  // An encoded slash stays encoded in what the host matches.
  return text.replace(/(?:%(?!2F)[\dA-F]{2})+/g, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

// TRACE and CONNECT are in Azure's list too, but its library cannot build the request: the invocation fails, or hangs when streaming.
const all: readonly HttpMethod[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * The methods to register for a function, with those that its layers answer.
 *
 * @throws {HandlerError} CONFIG_INVALID when there is one that Azure Functions cannot deliver.
 */
export function toMethods({ methods, layerMethods = [], path }: HttpTrigger): HttpMethod[] {
  const wanted = new Set([...methods, ...layerMethods]);
  if (wanted.has("*")) return [...all];
  const known = all.filter((method) => wanted.has(method));
  if (known.length === wanted.size) return known;
  const unknown = [...wanted].filter((method) => !all.some((name) => name === method));
  throw new HandlerError(
    "CONFIG_INVALID",
    `Azure Functions does not deliver ${unknown.join(", ")}, which ${path} answers.`,
  );
}
