import { type Request, type Response, http as register } from "@google-cloud/functions-framework";
import { HandlerError } from "@portico/core";
import { toCount } from "@portico/core/adapter";
import { isHttpCall, refuseForeign } from "./foreign.js";

/** What is registered with the functions framework, for tests. */
export type GcpHandler = (request: Request, response: Response) => Promise<void> | void;

const name63 = /^[A-Za-z](?:[-_A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

/** @throws {HandlerError} CONFIG_INVALID when the name is none that Google takes. */
export function checkName(name: string): void {
  if (name63.test(name)) return;
  throw new HandlerError("CONFIG_INVALID", `Google does not take the function name ${JSON.stringify(name)}.`, {
    hint: "Names begin with a letter, end with a letter or digit, and have dashes and underscores between, 63 characters at most.",
  });
}

/** Registers what answers requests; events of the framework's own signatures are refused by name. */
export function registerHandler(name: string, answer: GcpHandler): GcpHandler {
  // One parameter: to the framework, two would be the callback style of event functions. Not `async`: under the framework each
  // promise costs a microsecond, for its domains follow them all.
  const handler = (request: Request, ...rest: [response?: Response]): Promise<void> | void => {
    const [response] = rest;
    if (response && isHttpCall(request, response)) return answer(request, response);
    return Promise.reject(refuseForeign(name, request, response));
  };
  register(name, handler);
  return handler;
}

/** How long Google lets the function run, in milliseconds, as far as it is known. */
export function platformTimeoutMs(): number {
  return (toCount(process.env.CLOUD_RUN_TIMEOUT_SECONDS) || 300) * 1000;
}

/** The platform's id of the execution, which the framework reads or makes. */
export function executionId({ executionId }: Request): string {
  return executionId !== undefined && /^[\w-]{1,64}$/.test(executionId) ? executionId : crypto.randomUUID();
}
