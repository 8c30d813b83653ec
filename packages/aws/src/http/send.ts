import { HandlerError, type HttpReply, type StreamSource } from "@portico/core";
import {
  type Buffered,
  collectBody,
  countdown,
  errorFields,
  finishReply,
  isStreamBody,
  logFailure,
  settle,
  toChunks,
  toFailure,
  type Watchdog,
} from "@portico/core/adapter";
import type { AwsContext } from "../context.js";
import type { HttpEvent } from "./event.js";
import type { HttpResult } from "./result.js";
import type { EventSource } from "./source.js";
import { toExactText } from "./text.js";

/** A reply in one piece, as the source of its event takes it. A streamed body is collected; what cannot be sent becomes a 500. */
export function send(
  source: EventSource<HttpEvent>,
  response: HttpReply,
  context: AwsContext,
  watchdog: Watchdog,
): HttpResult | Promise<HttpResult> {
  const { body } = response;
  if (isStreamBody(body)) return collect(source, response, context, watchdog);
  const result = encode(source, response, body);
  if (fits(result, source.replyLimit)) return result;
  if (HandlerError.is(response.error) && response.error.details !== undefined) {
    const { code, message, headers, publicMessage, appCode, type, title } = response.error;
    const hint = `The details of this error are left out: with them the reply is over ${source.replyLimit} bytes.`;
    return fail(
      source,
      response,
      context,
      new HandlerError(code, message, { headers, hint, publicMessage, appCode, type, title }),
    );
  }
  const error = new HandlerError(
    "REPLY_INVALID",
    `The reply is over ${source.replyLimit} bytes, the most that can be sent here.`,
    {
      hint: "Base64 and JSON escapes count. Stream the reply (a function URL or REST API, with `stream: true`), or send a link to the content.",
    },
  );
  return fail(source, response, context, error);
}

async function collect(
  source: EventSource<HttpEvent>,
  response: HttpReply,
  context: AwsContext,
  watchdog: Watchdog,
): Promise<HttpResult> {
  const chunks = toChunks(response.body as StreamSource);
  let body: Buffered | null;
  try {
    body = await new Promise<Buffered | null>((resolve, reject) => {
      const end = countdown(context, watchdog, reject);
      collectBody(chunks, source.replyLimit).then(
        (whole) => {
          end();
          resolve(whole);
        },
        (error: unknown) => {
          end();
          reject(error);
        },
      );
    });
  } catch (error) {
    // Past the deadline the source is still being read.
    chunks.return().catch(() => undefined);
    return fail(source, response, context, error);
  }
  const work = settle(context, watchdog);
  if (work) await work;
  return send(source, finishReply(source.method(), { ...response, body }), context, watchdog);
}

function encode(source: EventSource<HttpEvent>, response: HttpReply, body: Buffered | null): HttpResult {
  if (body === null || typeof body === "string") {
    // As UTF-8 has it: half a character would be a broken escape in the result's JSON.
    return source.toResult(response, body?.toWellFormed() ?? "", false);
  }
  const { "content-type": type, "content-encoding": encoding } = response.headers;
  // REST APIs pass base64 on as it stands unless the media type is listed as binary: text that was collected must go as text.
  const text = toExactText(String(type), String(encoding ?? "identity"), body, true);
  if (text !== undefined) return source.toResult(response, text, false);
  return source.toResult(response, Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64"), true);
}

/** Whether the result's JSON is within the limit; it is at most six times as long as the body, so most need no second look. */
function fits(result: HttpResult, limit: number): boolean {
  return result.body.length * 6 < limit || Buffer.byteLength(JSON.stringify(result)) <= limit;
}

// Fields that describe the body or cache it: not true of the problem reply that takes its place.
const describesBody = /^(?:content-|etag|last-modified|cache-control|expires|location|accept-ranges)/;

/** The problem reply in place of one that cannot be sent, with what layers such as CORS added to that one. */
function fail(source: EventSource<HttpEvent>, { headers }: HttpReply, context: AwsContext, error: unknown): HttpResult {
  const problem = toFailure(error);
  logFailure(context, "the reply could not be sent", { status: problem.status, error: errorFields(error) });
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !describesBody.test(name)));
  const final = finishReply(source.method(), { ...problem, headers: { ...kept, ...problem.headers } });
  return encode(source, final, final.body as string | null);
}
