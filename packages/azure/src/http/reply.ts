import type { HttpResponseInit } from "@azure/functions";
import type { HttpReply, HttpReplyHeaders, StreamSource } from "@portico/core";
import { finishReply, settle, type Watchdog } from "@portico/core/adapter";
import type { AzureContext } from "../context.js";
import { isStreaming } from "../setup.js";
import { toAzureCookies } from "./cookies.js";
import { collect, open } from "./stream.js";

/**
 * A finished reply in Azure's form: plain data, of which its library makes the one web object it needs.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when a cookie cannot be carried.
 */
export function toAzureReply({ status, headers, body }: HttpReply, context: AzureContext): HttpResponseInit {
  const init = toPlainHeaders(status, headers, context);
  // The library adds `text/plain` to text that has no type; to bytes it adds nothing.
  const untyped = typeof body === "string" && headers["content-type"] === undefined;
  if (body !== null)
    init.body = (untyped ? new TextEncoder().encode(body) : body) as NonNullable<HttpResponseInit["body"]>;
  return init;
}

/**
 * A reply that streams where the app does, and is collected where it does not.
 *
 * @throws {unknown} what the body throws in place of its first chunk, or anywhere when it is collected.
 */
export async function toStreamedReply(
  reply: HttpReply,
  context: AzureContext,
  collectLimit: number,
  watchdog: Watchdog,
): Promise<HttpResponseInit> {
  const { status, headers } = reply;
  if (isStreaming()) {
    const init = toPlainHeaders(status, headers, context);
    init.body = await open(reply, context, watchdog);
    return init;
  }
  const collected = await collect(reply.body as StreamSource, context, collectLimit);
  await settle(context, watchdog);
  // A length that the stream was said to have is not needed any more.
  return toAzureReply(finishReply("GET", { status, headers, body: collected }), context);
}

function toPlainHeaders(status: number, headers: HttpReplyHeaders, context: AzureContext): HttpResponseInit {
  if (isPlain(headers)) return { status, headers };
  const plain: Record<string, string> = {};
  const { "set-cookie": setCookie, ...others } = headers;
  for (const name of Object.keys(others)) {
    const value = others[name];
    plain[name] = typeof value === "string" ? value : (value ?? []).join(", ");
  }
  const lines = typeof setCookie === "string" ? [setCookie] : (setCookie ?? []);
  const { line, cookies, lost } = toAzureCookies(lines, isStreaming());
  if (line !== undefined) plain["set-cookie"] = line;
  if (lost.length > 0)
    context.log.warn("cookie attributes that Azure Functions cannot carry were left out", { attributes: lost });
  return { status, headers: plain, ...(cookies && { cookies }) };
}

function isPlain(headers: HttpReplyHeaders): headers is Readonly<Record<string, string>> {
  for (const name in headers) if (typeof headers[name] !== "string") return false;
  return true;
}
