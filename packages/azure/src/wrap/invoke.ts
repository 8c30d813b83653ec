import { type HttpRequest as AzureHttpRequest, output, trigger } from "@azure/functions";
import { type ChangeValue, type Invocation, type InvokeFunction, invoke as invokeKind } from "@portico/core";
import { checkNames, type OptionNames, requireOption, toError } from "@portico/core/adapter";
import { fieldsOf } from "./fields.js";
import { toReply } from "./http/reply.js";
import { toNativeInvocation } from "./invocation.js";
import { readAnswer } from "./invoke/answer.js";
import { toJson } from "./json.js";
import { NativeRequest } from "./library.js";
import {
  type Bindings,
  checkWrap,
  type NativeHandler,
  toShownTrigger,
  type WrapOptions,
  wrapNames,
} from "./options.js";

/** How an Azure function that is called with JSON is wrapped. */
export interface WrapInvokeOptions extends WrapOptions, Pick<Bindings, "extraInputs" | "extraOutputs"> {
  /** What the portable function is declared with, and the handler's route unless `path` says another. */
  readonly name: string;
  /** The route below the prefix. Default: `name`. */
  readonly path?: string | undefined;
  /** What host.json says at home in `extensions.http.routePrefix`. Default: `api`. */
  readonly routePrefix?: string | undefined;
}

const fields = fieldsOf("A JSON request");

/**
 * The request by which a call would reach an HTTP endpoint on Azure Functions: its payload as JSON, by POST.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the payload is no JSON value.
 */
export async function encodeInvoke({ payload }: Invocation, options: WrapInvokeOptions): Promise<AzureHttpRequest> {
  const { name, path = name, routePrefix = "api" } = options;
  const route = [routePrefix, path].map((part) => part.replace(/^\/+|\/+$/g, "")).filter((part) => part !== "");
  const host = "portico.azurewebsites.net";
  const json = payload === undefined ? "" : JSON.stringify(toJson(payload as ChangeValue, "payload", fields));
  return new NativeRequest({
    method: "POST",
    url: `https://${host}/${route.map(encodeURI).join("/")}`,
    headers: { host, ...(json !== "" && { "content-type": "application/json" }) },
    params: {},
    query: {},
    ...(json !== "" && { body: { bytes: Buffer.from(json) } }),
  });
}

const names = {
  ...wrapNames,
  name: true,
  path: true,
  routePrefix: true,
  extraInputs: true,
  extraOutputs: true,
} satisfies OptionNames<WrapInvokeOptions>;

/**
 * Makes a callable function of an existing HTTP handler that takes JSON and answers JSON. An answer without a body is undefined; one that is no
 * success rejects, with the error code of its status; a throw rejects with that very error.
 *
 * @throws {HandlerError} CONFIG_INVALID when the handler is no function, or a binding has nobody who serves it.
 * @example
 * export const quote = functions.invoke(handler, { name: "quote" });
 */
export function invoke(handler: NativeHandler, options: WrapInvokeOptions): InvokeFunction {
  checkNames(options ?? undefined, names);
  requireOption("invoke", options, "name", '"quote"');
  const { name, path = name, extraInputs, extraOutputs } = options;
  checkWrap(handler, options, { extraInputs, extraOutputs });
  const bindings = { extraInputs, extraOutputs, return: output.http({}) };
  const shown = toShownTrigger(trigger.http({ methods: ["POST"], route: path }));
  const call = handler as (request: unknown, context: unknown) => unknown;
  return invokeKind(name).handle(async (invocation, context): Promise<unknown> => {
    const native = await encodeInvoke(invocation, options);
    try {
      const { context: azure, finish } = await toNativeInvocation({ trigger: shown, bindings, options, context });
      const response = await toReply(await call(native, azure), false);
      await finish();
      return readAnswer(response);
    } catch (thrown) {
      throw toError(thrown);
    }
  });
}
