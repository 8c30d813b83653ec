import { type Invocation, type InvokeFunction, invoke as portable } from "@portico/core";
import { checkNames, type OptionNames, requireOption } from "@portico/core/adapter";
import { toExactJson } from "./json.js";
import { createCall } from "./lambda/call.js";
import type { CallOptions } from "./lambda/context.js";
import { callNames } from "./lambda/context.js";
import { checkHandler, type NativeHandler } from "./lambda/handler.js";
import { toPayload } from "./messages.js";

export type { CallOptions, HomeFunction } from "./lambda/context.js";
export type { NativeHandler } from "./lambda/handler.js";

/** How a Lambda function that is called directly is wrapped. */
export interface WrapInvokeOptions extends CallOptions {
  /** The name that it is called by. */
  readonly name: string;
}

const names = { ...callNames, name: true } satisfies OptionNames<WrapInvokeOptions>;

/**
 * Makes a portable function of a Lambda handler that is called directly: by a client, by Step Functions, or by a trigger that wants an
 * answer of its own shape. It gets the payload as it is, and its result goes back as JSON. It rejects with the very thing that the handler
 * threw or gave to its callback.
 *
 * @example
 * export const quote = invoke(handler, { name: "quote" });
 * @throws {HandlerError} CONFIG_INVALID when the handler is not a function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-sync.html
 */
export function invoke(handler: NativeHandler, options: WrapInvokeOptions): InvokeFunction {
  checkNames(options, names);
  checkHandler(handler);
  requireOption("invoke", options, "name", '"quote"');
  const run = createCall(handler, options);
  return portable(options.name).handle(async (call, context) => toPayload(await run(encodeInvoke(call), context)));
}

/**
 * The payload of a direct call, as it is; an empty object where there is none, as Lambda has it.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when JSON cannot carry it.
 */
export function encodeInvoke({ payload }: Invocation): unknown {
  return payload === undefined ? {} : toExactJson("A direct call", "payload", payload);
}
