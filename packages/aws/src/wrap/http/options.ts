import type { Origin } from "../origin.js";

/**
 * An HTTP event source of Lambda: REST API, HTTP API with payload format 1.0 and 2.0, function URL, ALB without and with multi-value
 * headers, VPC Lattice (event structure V2).
 */
export type HttpFormat = "rest" | "http-1.0" | "http-2.0" | "url" | "alb" | "alb-multi" | "lattice";

/** What the front end of a Lambda function makes of a request. */
export interface FrontEndOptions {
  /** The stage. Default: `prod` on a REST API, `$default` elsewhere. */
  readonly stage?: string | undefined;
  /** A custom domain's base path, such as `/v1`: put in front of the path, and the stage left out of it. */
  readonly basePath?: string | undefined;
  /** Loses what the format cannot carry, as AWS does, where it would throw. Default: false. */
  readonly lossy?: boolean | undefined;
}

/** Which event a request becomes. */
export interface EncodeHttpOptions extends FrontEndOptions, Origin {
  /** The event source to play. */
  readonly format: HttpFormat;
  /** The path template of the API's route, such as `/orders/:id`. Default: the one that takes everything. */
  readonly template?: string | undefined;
  /** The method of the API's route. Default: the request's own. */
  readonly routeMethod?: string | undefined;
  /** When the request came in. Default: its own time. */
  readonly now?: Date | undefined;
}
