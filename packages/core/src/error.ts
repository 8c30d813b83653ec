import { excerpt } from "./excerpt.js";
import { isUriReference } from "./uri-reference.js";

/**
 * Every code a {@link HandlerError} can carry, with the HTTP status it becomes. Messages of codes with status 500 are for the log alone;
 * all others may reach a caller.
 */
export const errorStatus = {
  // What a handler wants to say.
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  PAYMENT_REQUIRED: 402,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  REQUEST_TIMEOUT: 408,
  CONFLICT: 409,
  ALREADY_EXISTS: 409,
  GONE: 410,
  PRECONDITION_FAILED: 412,
  TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RANGE_NOT_SATISFIABLE: 416,
  UNPROCESSABLE: 422,
  LOCKED: 423,
  FAILED_DEPENDENCY: 424,
  PRECONDITION_REQUIRED: 428,
  TOO_MANY_REQUESTS: 429,
  UNAVAILABLE_FOR_LEGAL_REASONS: 451,
  INTERNAL: 500,
  NOT_IMPLEMENTED: 501,
  BAD_GATEWAY: 502,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
  INSUFFICIENT_STORAGE: 507,
  // What the SDK says.
  INPUT_INVALID: 400,
  CANCELLED: 499,
  EVENT_UNSUPPORTED: 500,
  EVENT_MALFORMED: 400,
  EVENT_UNENCODABLE: 500,
  REPLY_INVALID: 500,
  CONFIG_INVALID: 500,
} as const;

/** The closed set of error codes; {@link errorStatus} gives the HTTP status of each. */
export type ErrorCode = keyof typeof errorStatus;

/** What a {@link HandlerError} takes beside its code and message. */
export interface HandlerErrorOptions {
  /** What the reader should do about it. Goes to the log, never to a caller. */
  readonly hint?: string | undefined;
  /** The error behind this one. Goes to the log, never to a caller. */
  readonly cause?: unknown;
  /** What a caller reads in place of the message and the details, which then go to the log alone. Default: they are for the caller. */
  readonly publicMessage?: string | undefined;
  /** Plain data for the caller, such as the list of failed fields; becomes the `details` member of a problem reply. */
  readonly details?: unknown;
  /**
   * The application's own code, such as `OUT_OF_STOCK`, beside the closed one, which decides the status: what a client's program branches on.
   * Becomes the `appCode` member of a problem reply.
   */
  readonly appCode?: string | undefined;
  /** A URI reference that names the kind of problem: the `type` of a problem reply. Default: none, which a reply says as `about:blank`. */
  readonly type?: string | undefined;
  /** What people call that type, the same for all of its problems. Needs `type`. Default: the phrase of the status, such as `Conflict`. */
  readonly title?: string | undefined;
  /** Trying again cannot help. For a message handler this means `deadLetter`. Default: true for codes below status 500 but 429. */
  readonly permanent?: boolean | undefined;
  /** Extra reply headers, such as `retry-after` or `www-authenticate`, for the problem reply this error becomes. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

// One sentence is short, and what it quotes may be a caller's, of any size.
const maxMessageLength = 2_000;

/**
 * The one error class of Portico. Throw it from a handler or a layer to choose the reply or the outcome; everything else that is
 * thrown is an unknown error: logged, answered with a plain 500, its text never shown to a caller. A message over 2,000 characters is cut:
 * long data belongs into `details`.
 *
 * @example
 * throw new HandlerError("NOT_FOUND", "There is no order 42.");
 * throw new HandlerError("CONFLICT", "Out of stock.", { appCode: "OUT_OF_STOCK", type: "https://shop.example.com/problems/out-of-stock" });
 */
export class HandlerError extends Error {
  override readonly name: string = "HandlerError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: unknown;
  readonly publicMessage: string | undefined;
  readonly appCode: string | undefined;
  readonly type: string | undefined;
  readonly title: string | undefined;
  readonly permanent: boolean;
  readonly headers: Readonly<Record<string, string>> | undefined;

  /** @throws {HandlerError} CONFIG_INVALID when `type` is not a URI reference, `title` stands without it, or `appCode` is empty. */
  constructor(code: ErrorCode, message: string, options: HandlerErrorOptions = {}) {
    super(excerpt(String(message), maxMessageLength), "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
    this.publicMessage = options.publicMessage;
    this.appCode = options.appCode;
    this.type = options.type;
    this.title = options.title;
    checkType(options);
    this.headers = options.headers;
    this.permanent = options.permanent ?? (this.status < 500 && this.status !== 429 && code !== "CANCELLED");
  }

  /** The HTTP status of {@link HandlerError.code}. */
  get status(): number {
    return errorStatus[this.code] ?? 500;
  }

  /** Tells a HandlerError by its name and code, because two copies of this package may be bundled into one function. */
  static is(value: unknown): value is HandlerError {
    return (
      value instanceof Error &&
      value.name === "HandlerError" &&
      Object.hasOwn(errorStatus, (value as HandlerError).code)
    );
  }
}

function checkType({ appCode, type, title }: HandlerErrorOptions): void {
  const wrong = (what: string, hint: string) => new HandlerError("CONFIG_INVALID", `The error's ${what}.`, { hint });
  if (appCode !== undefined && (typeof appCode !== "string" || appCode === ""))
    throw wrong(`appCode is ${describe(appCode)}, which is not a code`, 'Give a text such as "OUT_OF_STOCK".');
  if (type !== undefined && !isUriReference(type))
    throw wrong(
      `type is ${JSON.stringify(type)}, which is not a URI reference`,
      'Give a URI such as "https://shop.example.com/problems/out-of-stock", with other characters percent-encoded.',
    );
  if (title === undefined) return;
  if (typeof title !== "string") throw wrong(`title is ${describe(title)}`, "Give a text.");
  if (type === undefined)
    throw wrong(
      "title stands without a type",
      "Give the type that it is the title of; without one the title is the phrase of the status.",
    );
}

/** Anything thrown, as an Error: `throw undefined` and `throw "text"` keep their value as the cause. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(`A value that is not an Error was thrown: ${describe(thrown)}`, { cause: thrown });
}

/** Whether the call stack was full: what recurses over data does so when the data is too deep. */
export function isStackOverflow(thrown: unknown): boolean {
  // The text of V8 and JavaScriptCore; SpiderMonkey has an error of its own.
  const { name, message } = (thrown ?? {}) as Partial<Error>;
  return (name === "RangeError" && /call stack/i.test(String(message))) || name === "InternalError";
}

/** Names a value's kind for an error message, without showing more of it than a short literal. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "undefined":
      return "undefined";
    case "string":
      return "a string";
    case "function":
      return "a function";
    case "object":
      return "an object";
    default:
      return `a ${typeof value} (${excerpt(String(value), 40)})`;
  }
}
