import type { Context } from "../../context.js";
import { checkHasTime, inTime } from "../../deadline.js";
import { toError } from "../../error.js";
import type { AnyFunction, PortableFunction, Trigger } from "../../function.js";
import type { Merge, Middleware, None } from "../../middleware.js";
import { checkFunction, compose, type Layer } from "../../pipeline.js";
import { collectUses, type Resource } from "../../resources/resource.js";
import { type FetchHandler, fromFetch } from "./fetch.js";
import { cancelLate } from "./finish.js";
import type { HttpReply } from "./http-reply.js";
import { type Params, parsePath } from "./path.js";
import type { HttpRequest, LazyHttpRequest } from "./request.js";
import { normalReply, type Run, toHttpFunction } from "./run.js";

/** What an HTTP function answers. */
export interface HttpTrigger extends Trigger<"http"> {
  /** Upper case; `*` stands for every method. GET brings HEAD with it. */
  readonly methods: readonly string[];
  /** A template such as `/orders/:id` or `/files/*path`. */
  readonly path: string;
  /** Methods that a layer answers in front of the handler: `OPTIONS` with `cors`. */
  readonly layerMethods?: readonly string[] | undefined;
  /** The triggers of the functions behind a router. */
  readonly routes?: readonly HttpTrigger[] | undefined;
}

/** A portable HTTP function, with the parameters of its path. */
export type HttpFunction<P extends object = Record<string, string>> = PortableFunction<
  HttpTrigger,
  HttpRequest<P>,
  HttpReply
>;

/** Any HTTP function, whatever its parameters. */
export type AnyHttpFunction = AnyFunction<HttpTrigger, HttpReply>;

/** What stands at the end of a pipeline: gives a reply, or a web-standard `Response`. */
export type HttpHandler<P extends object, C> = (
  request: HttpRequest<P>,
  context: C,
) => HttpReply | Response | Promise<HttpReply> | Promise<Response> | Promise<HttpReply | Response>;

/** An HTTP function with its method and path, waiting for layers and a handler. */
export interface HttpPipeline<P extends object, C> {
  /** Adds a layer inside those added before. */
  use<A extends object = None>(layer: Middleware<HttpRequest<P>, C, A, HttpReply>): HttpPipeline<P, Merge<C, A>>;
  /**
   * Closes the pipeline. The function it gives always resolves to a reply; it rejects with EVENT_UNSUPPORTED for what is no portable
   * request, such as a cloud's own event.
   */
  handle(handler: HttpHandler<P, C>): HttpFunction<P>;
}

/** Declares HTTP functions; with `use`, several that share their first layers. */
export interface HttpBuilder<C = Context> {
  use<A extends object = None>(layer: Middleware<HttpRequest, C, A, HttpReply>): HttpBuilder<Merge<C, A>>;
  /** Answers HEAD too, without the body. */
  get<const Path extends string>(path: Path): HttpPipeline<Params<Path>, C>;
  post<const Path extends string>(path: Path): HttpPipeline<Params<Path>, C>;
  put<const Path extends string>(path: Path): HttpPipeline<Params<Path>, C>;
  patch<const Path extends string>(path: Path): HttpPipeline<Params<Path>, C>;
  delete<const Path extends string>(path: Path): HttpPipeline<Params<Path>, C>;
  head<const Path extends string>(path: Path): HttpPipeline<Params<Path>, C>;
  options<const Path extends string>(path: Path): HttpPipeline<Params<Path>, C>;
  /** Every method. */
  any<const Path extends string>(path: Path): HttpPipeline<Params<Path>, C>;
  /**
   * Makes one portable function of a web-standard handler `(Request) => Response`: the `fetch` of a Hono or h3 app. Such a handler pays
   * for the web classes: tens of milliseconds of cold start.
   */
  fetch(path: string, handler: FetchHandler): HttpFunction;
}

// Layers and handlers as they are kept: what each sees and adds was checked where it was written.
type HttpLayer = Layer<HttpRequest, Context, HttpReply> & { readonly answers?: readonly string[] };
type KeptHandler = HttpHandler<Record<string, string>, Context>;

function builder<C>(layers: readonly HttpLayer[]): HttpBuilder<C> {
  const at =
    (...methods: string[]) =>
    <Path extends string>(path: Path) => {
      parsePath(path); // A bad template fails where it is written.
      return pipeline<Params<Path>, C>(methods, path, layers);
    };
  return {
    use: (layer) => builder([...layers, checkFunction(layer) as HttpLayer]),
    get: at("GET", "HEAD"),
    post: at("POST"),
    put: at("PUT"),
    patch: at("PATCH"),
    delete: at("DELETE"),
    head: at("HEAD"),
    options: at("OPTIONS"),
    any: at("*"),
    fetch: (path, handler) => create(["*"], path, layers, fromFetch(handler)),
  };
}

function pipeline<P extends object, C>(
  methods: readonly string[],
  path: string,
  layers: readonly HttpLayer[],
): HttpPipeline<P, C> {
  return {
    use: (layer) => pipeline(methods, path, [...layers, checkFunction(layer) as HttpLayer]),
    handle: (handler) => create(methods, path, layers, handler as KeptHandler) as HttpFunction<P>,
  };
}

/**
 * An HTTP function from its parts; `http.*` and `router` are made of it.
 *
 * @throws {HandlerError} CONFIG_INVALID when the handler is not a function or the path is no template.
 */
export function create(
  methods: readonly string[],
  path: string,
  layers: readonly HttpLayer[],
  handler: KeptHandler,
  routes?: readonly HttpTrigger[],
  inner: readonly { readonly uses: readonly Resource[] }[] = [],
): HttpFunction {
  parsePath(path);
  for (const part of [handler, ...layers]) checkFunction(part);
  const innermost: Run = (request, context) => {
    const miss = (request as LazyHttpRequest)["~miss"];
    if (miss === undefined) return handler(request, context);
    if (miss instanceof Error) throw miss;
    return miss;
  };
  const layerMethods = [...new Set(layers.flatMap(({ answers }) => answers ?? []))];
  const trigger: HttpTrigger = {
    kind: "http",
    methods,
    path,
    ...(layerMethods.length > 0 && { layerMethods }),
    ...(routes && { routes }),
  };
  const run = layers.length === 0 ? innermost : throughLayers(layers, innermost);
  return toHttpFunction(trigger, run, collectUses([...layers, ...inner]));
}

function throughLayers(layers: readonly HttpLayer[], innermost: Run): Run {
  const handler = async (request: HttpRequest, context: Context): Promise<HttpReply> => {
    let result: unknown;
    try {
      // Given up before its layers are, so that they can mark the reply.
      checkHasTime(context);
      result = await inTime(() => innermost(request, context), context, cancelLate);
    } catch (thrown) {
      // Layers give what they catch to `reply.problem`, which takes an object with a status for what the caller is to see.
      throw toError(thrown);
    }
    return normalReply(result, context, "The handler");
  };
  return compose(
    layers,
    handler,
    (run) => async (request, context) => normalReply(await run(request, context), context, "A middleware"),
  );
}

/** Declares HTTP functions. */
export const http: HttpBuilder = /* @__PURE__ */ builder<Context>([]);
