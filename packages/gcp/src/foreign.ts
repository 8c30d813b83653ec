import { HandlerError } from "@portico/core";
import { describe } from "@portico/core/adapter";

/** Whether these are the request and response of an HTTP function, and not what an event function is called with. */
export function isHttpCall(request: unknown, response: unknown): boolean {
  return (
    Array.isArray((request as { rawHeaders?: unknown } | null | undefined)?.rawHeaders) &&
    typeof (response as { writeHead?: unknown } | null | undefined)?.writeHead === "function"
  );
}

/** The refusal of an event that came in place of an HTTP request: it names what came. */
export function refuseForeign(name: string, event: unknown, context: unknown): HandlerError {
  return new HandlerError(
    "EVENT_UNSUPPORTED",
    `The function ${name} takes HTTP requests, and was called with ${whatIs(event, context)}.`,
    { hint: "Deploy it with the signature type http, or register a function of the kind that fits the trigger." },
  );
}

function whatIs(event: unknown, context: unknown): string {
  const { specversion, type } = (event ?? {}) as { readonly specversion?: unknown; readonly type?: unknown };
  if (typeof specversion === "string") return `a CloudEvent of the type ${String(type)}`;
  const { eventType } = (context ?? {}) as { readonly eventType?: unknown };
  if (typeof eventType === "string") return `a background event of the type ${eventType}`;
  return describe(event);
}
