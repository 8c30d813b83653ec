import type { Context } from "../../context.js";
import type { HttpRequest } from "./request.js";

/** A web-standard handler, such as the `fetch` of a Hono or h3 app. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** A handler that hands the whole request to a web-standard one. Its path and query are the portable request's. */
export function fromFetch(handler: FetchHandler): (request: HttpRequest, context: Context) => Promise<Response> {
  return async (request, { signal }) => handler(request.toRequest({ signal }));
}
