import {
  type AnyChangeFunction,
  type AnyEventFunction,
  type AnyHttpFunction,
  type AnyInvokeFunction,
  type AnyObjectFunction,
  type AnyQueueFunction,
  type AnyScheduleFunction,
  type AnyStreamFunction,
  type AnyTopicFunction,
  HandlerError,
} from "@portico/core";
import { describe, invokeOverHttp } from "@portico/core/adapter";

/** A function whose result is an outcome. */
export type AnyMessages =
  | AnyQueueFunction
  | AnyTopicFunction
  | AnyStreamFunction
  | AnyObjectFunction
  | AnyChangeFunction
  | AnyEventFunction
  | AnyScheduleFunction;

/** Any portable function. */
export type AnyServedFunction = AnyHttpFunction | AnyInvokeFunction | AnyMessages;

const messageKinds: readonly unknown[] = ["queue", "topic", "stream", "object", "change", "event", "schedule"];

/** Functions by what serves them. An invoke function is an HTTP function that takes POST at `/` and its name. */
export interface Served {
  readonly http: readonly AnyHttpFunction[];
  readonly messages: readonly AnyMessages[];
}

/** @throws {HandlerError} CONFIG_INVALID when something is not a portable function. */
export function sortFunctions(functions: AnyServedFunction | readonly AnyServedFunction[]): Served {
  const http: AnyHttpFunction[] = [];
  const messages: AnyMessages[] = [];
  for (const fn of Array.isArray(functions) ? functions : [functions]) {
    const kind = typeof fn === "function" ? fn.trigger?.kind : undefined;
    if (kind === "http") http.push(fn as AnyHttpFunction);
    else if (kind === "invoke")
      http.push(invokeOverHttp(fn as AnyInvokeFunction, `/${(fn as AnyInvokeFunction).trigger.name}`));
    else if (messageKinds.includes(kind)) messages.push(fn as AnyMessages);
    else
      throw new HandlerError(
        "CONFIG_INVALID",
        `A portable function was expected, and this one is ${kind ?? describe(fn)}.`,
        { hint: "Pass what `http.get(path).handle(...)` and its like return, or a list of them." },
      );
  }
  return { http, messages };
}
