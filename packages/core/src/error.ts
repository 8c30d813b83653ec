/**
 * Every code a {@link HandlerError} can carry, in one table: the HTTP status it becomes, the title of its problem reply, and
 * whether the message may reach a caller. Messages of `exposed: false` codes are for the log alone.
 */
export const errorTable = {
  // What a handler wants to say.
  BAD_REQUEST: { status: 400, title: "Bad Request", exposed: true },
  UNAUTHORIZED: { status: 401, title: "Unauthorized", exposed: true },
  FORBIDDEN: { status: 403, title: "Forbidden", exposed: true },
  NOT_FOUND: { status: 404, title: "Not Found", exposed: true },
  METHOD_NOT_ALLOWED: { status: 405, title: "Method Not Allowed", exposed: true },
  NOT_ACCEPTABLE: { status: 406, title: "Not Acceptable", exposed: true },
  CONFLICT: { status: 409, title: "Conflict", exposed: true },
  ALREADY_EXISTS: { status: 409, title: "Conflict", exposed: true },
  GONE: { status: 410, title: "Gone", exposed: true },
  PRECONDITION_FAILED: { status: 412, title: "Precondition Failed", exposed: true },
  TOO_LARGE: { status: 413, title: "Content Too Large", exposed: true },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "Unsupported Media Type", exposed: true },
  UNPROCESSABLE: { status: 422, title: "Unprocessable Content", exposed: true },
  TOO_MANY_REQUESTS: { status: 429, title: "Too Many Requests", exposed: true },
  INTERNAL: { status: 500, title: "Internal Server Error", exposed: false },
  NOT_IMPLEMENTED: { status: 501, title: "Not Implemented", exposed: true },
  BAD_GATEWAY: { status: 502, title: "Bad Gateway", exposed: true },
  UNAVAILABLE: { status: 503, title: "Service Unavailable", exposed: true },
  TIMEOUT: { status: 504, title: "Gateway Timeout", exposed: true },
  // What the SDK says.
  INPUT_INVALID: { status: 400, title: "Invalid Input", exposed: true },
  CANCELLED: { status: 499, title: "Client Closed Request", exposed: true },
  EVENT_UNSUPPORTED: { status: 500, title: "Internal Server Error", exposed: false },
  EVENT_MALFORMED: { status: 400, title: "Bad Request", exposed: true },
  EVENT_UNENCODABLE: { status: 500, title: "Internal Server Error", exposed: false },
  REPLY_INVALID: { status: 500, title: "Internal Server Error", exposed: false },
  CONFIG_INVALID: { status: 500, title: "Internal Server Error", exposed: false },
} as const satisfies Record<string, { status: number; title: string; exposed: boolean }>;

/** The closed set of error codes; {@link errorTable} gives the HTTP status of each. */
export type ErrorCode = keyof typeof errorTable;

/** What a {@link HandlerError} takes beside its code and message. */
export interface HandlerErrorOptions {
  /** What the reader should do about it. Goes to the log, never to a caller. */
  readonly hint?: string | undefined;
  /** The error behind this one. Goes to the log, never to a caller. */
  readonly cause?: unknown;
  /** Plain data for the caller, such as the list of failed fields; becomes the `details` member of a problem reply. */
  readonly details?: unknown;
  /** Trying again cannot help. For a message handler this means `deadLetter`. Default: true for codes below status 500 but 429. */
  readonly permanent?: boolean | undefined;
  /** Extra reply headers, such as `retry-after` or `www-authenticate`, for the problem reply this error becomes. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * The one error class of Portico. Throw it from a handler or a layer to choose the reply or the outcome; everything else that is
 * thrown is an unknown error: logged, answered with a plain 500, its text never shown to a caller.
 *
 * @example
 * throw new HandlerError("NOT_FOUND", "There is no order 42.");
 */
export class HandlerError extends Error {
  override readonly name: string = "HandlerError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: unknown;
  readonly permanent: boolean;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(code: ErrorCode, message: string, options: HandlerErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
    this.headers = options.headers;
    const status = errorTable[code]?.status ?? 500;
    this.permanent = options.permanent ?? (status < 500 && status !== 429 && code !== "CANCELLED");
  }

  /** The HTTP status of {@link HandlerError.code}. */
  get status(): number {
    return errorTable[this.code]?.status ?? 500;
  }

  /** Tells a HandlerError by its name and code, because two copies of this package may be bundled into one function. */
  static is(value: unknown): value is HandlerError {
    return (
      value instanceof Error && value.name === "HandlerError" && Object.hasOwn(errorTable, (value as HandlerError).code)
    );
  }
}

/** Anything thrown, as an Error: `throw undefined` and `throw "text"` keep their value as the cause. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(`A value that is not an Error was thrown: ${describe(thrown)}`, { cause: thrown });
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
      return `a ${typeof value} (${String(value)})`;
  }
}
