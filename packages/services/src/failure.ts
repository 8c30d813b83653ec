import { HandlerError, type HandlerErrorOptions } from "@portico/core";
import type { Condition, FailureCode, Provider } from "./provider.js";

/** What was being done, for an error's text. */
export interface Attempt {
  /** The logical name of the store. */
  readonly store: string;
  readonly operation: string;
  readonly key?: string | undefined;
  /** Of a write. */
  readonly condition?: Condition | undefined;
}

interface Meaning extends HandlerErrorOptions {
  /** For a caller of the function, who has no business with the names of buckets and keys. */
  readonly publicMessage: string;
  readonly code: HandlerError["code"];
  readonly text: (object: string, store: string) => string;
}

const meanings: Readonly<Record<FailureCode, Meaning>> = {
  NO_BUCKET: {
    code: "CONFIG_INVALID",
    publicMessage: "The storage cannot be used.",
    text: (_object, store) => `What ${store} is bound to does not exist.`,
    hint: "Create it, or look at the URL it is bound to.",
  },
  NOT_FOUND: {
    code: "NOT_FOUND",
    publicMessage: "There is no such object.",
    text: (object, store) => `There is no ${object} in ${store}.`,
  },
  ALREADY_EXISTS: {
    code: "ALREADY_EXISTS",
    publicMessage: "There is such an object already.",
    text: (object, store) => `There is an ${object} in ${store} already.`,
  },
  PRECONDITION_FAILED: {
    code: "PRECONDITION_FAILED",
    publicMessage: "The object is not in the state that was asked for.",
    text: (object, store) => `The ${object} in ${store} is not in the state that was asked for.`,
    hint: "Somebody else has changed it, or for ifNoneMatch: nobody has. Read it again.",
    // A message that comes again reads it again.
    permanent: false,
  },
  FORBIDDEN: {
    code: "FORBIDDEN",
    publicMessage: "The storage does not allow it.",
    text: (_object, store) => `The function may not do this in ${store}.`,
    hint: "Look at the permissions of its identity. S3 says so also of a missing object where the list permission is missing.",
    permanent: false,
  },
  TOO_LARGE: {
    code: "TOO_LARGE",
    publicMessage: "The object is too large.",
    text: (object, store) => `The ${object} is larger than ${store} takes.`,
  },
  RANGE: {
    code: "INPUT_INVALID",
    publicMessage: "The range starts behind the end of the object.",
    text: (object) => `The range starts behind the end of the ${object}.`,
  },
  AFTER: {
    code: "INPUT_INVALID",
    publicMessage: "The option after is not the `next` of a page of this list.",
    text: (_object, store) => `The option after is not the \`next\` of a page of this list in ${store}.`,
  },
  UNAVAILABLE: {
    code: "UNAVAILABLE",
    publicMessage: "The storage could not be reached.",
    text: (_object, store) => `${store} could not be reached, also when tried again.`,
  },
};

/**
 * What an operation rejects with: one error for all providers, with the provider's own as its cause. An aborted signal is its reason, and
 * a HandlerError, such as a stream's own, goes through as it is.
 */
export function toFailure(error: unknown, provider: Provider, attempt: Attempt, signal: AbortSignal): unknown {
  if (signal.aborted) return toCancelled(signal, error);
  if (HandlerError.is(error)) return error;
  const failure = inPlace(fromStoreFailure(error) ?? provider.classify(error), attempt);
  if (failure === undefined) return error;
  const { code, text, ...options } = meanings[failure];
  const object = attempt.key === undefined ? "object" : `object ${JSON.stringify(attempt.key)}`;
  const { store, operation, key } = attempt;
  const details = { store, operation, ...(key !== undefined && { key }) };
  return new HandlerError(code, capital(text(object, `the bucket ${store}`)), { ...options, details, cause: error });
}

/** What a failure means for a write: providers answer one state of things with 404, 409 and 412. */
function inPlace(failure: FailureCode | undefined, { operation, condition }: Attempt): FailureCode | undefined {
  const state = failure === "NOT_FOUND" || failure === "ALREADY_EXISTS" || failure === "PRECONDITION_FAILED";
  if (!state || (operation !== "put" && operation !== "delete")) return failure;
  if (condition === "absent") return "ALREADY_EXISTS";
  // Without a condition: another writer has got in between, and what was uploaded is gone.
  return condition === undefined ? "UNAVAILABLE" : "PRECONDITION_FAILED";
}

function toCancelled(signal: AbortSignal, cause: unknown): unknown {
  if (HandlerError.is(signal.reason)) return signal.reason;
  return new HandlerError("CANCELLED", "The operation was given up.", {
    cause: cause === signal.reason || cause === undefined ? signal.reason : cause,
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a provider cannot do, refused by name. */
export function refused(provider: string, what: string, hint: string): HandlerError {
  return new HandlerError("NOT_IMPLEMENTED", `${provider} cannot ${what}.`, { hint, permanent: true });
}

const transient = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ERR_STREAM_PREMATURE_CLOSE",
  "UND_ERR_SOCKET",
]);

/** Whether the connection failed, and not what was asked: the code of Node's own errors, through any wrapping. */
export function isConnectionFailure(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 4) return false;
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  if (typeof code === "string" && transient.has(code)) return true;
  if (typeof message === "string" && /^(aborted|terminated|socket hang up|Premature close)$/.test(message)) return true;
  return isConnectionFailure(cause, depth + 1);
}

/** What an HTTP status says, where nothing more exact is known. */
export function fromStatus(status: number | undefined): FailureCode | undefined {
  switch (status) {
    case 304:
    case 412:
      return "PRECONDITION_FAILED";
    case 401:
    case 403:
      return "FORBIDDEN";
    case 404:
      return "NOT_FOUND";
    case 413:
      return "TOO_LARGE";
    case 416:
      return "RANGE";
    case 408:
    case 429:
      return "UNAVAILABLE";
    default:
      return status !== undefined && status >= 500 ? "UNAVAILABLE" : undefined;
  }
}

/** What providers without an SDK reject with. */
export class StoreFailure extends Error {
  override readonly name = "StoreFailure";
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** For providers without an SDK. */
export function fromStoreFailure(error: unknown): FailureCode | undefined {
  return error instanceof StoreFailure ? error.code : undefined;
}
