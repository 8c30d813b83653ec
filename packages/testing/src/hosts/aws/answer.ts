import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { decodeHttpPrelude, decodeHttpResult, type HttpFormat } from "@portico/aws/wrap/http";
import type { HttpReply } from "@portico/core";
import type { Outcome } from "./instance.js";

const preludeType = "application/vnd.awslambda.http-integration-response";
const delimiter = Buffer.alloc(8);

/** Sends on what became of an invocation, as the front end of this format would. */
export async function answer(
  response: ServerResponse,
  outcome: Outcome,
  format: HttpFormat,
  logs: string[],
): Promise<void> {
  if (outcome.kind === "failed") {
    logs.push(`[aws host] the invocation failed: ${outcome.reason}`);
    return writeFailure(response);
  }
  if (outcome.kind === "result") return writeResult(response, outcome.json, format, logs);
  const { content } = outcome;
  if (format === "url" || format === "rest") return forward(response, content, logs);
  // The other sources read the stream to its end and take it for the result.
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of content) chunks.push(chunk as Buffer);
  } catch {
    return writeFailure(response);
  }
  if (failure(content)) return writeFailure(response);
  return writeResult(response, Buffer.concat(chunks).toString(), format, logs);
}

function writeResult(response: ServerResponse, json: string, format: HttpFormat, logs: string[]): void {
  let result: unknown;
  try {
    result = JSON.parse(json);
  } catch {
    logs.push("[aws host] the function's result is not JSON");
    writeFailure(response);
    return;
  }
  const reply = decodeHttpResult(result, format);
  if (reply.error !== undefined) logs.push(`[aws host] ${String(reply.error)}`);
  try {
    writeHead(response, reply);
    response.end(reply.body as string | Uint8Array | null);
  } catch (error) {
    logs.push(`[aws host] the reply cannot be sent: ${String(error)}`);
    writeFailure(response);
  }
}

/**
 * The reply's chunks as they arrive, no faster than the client takes them. When the client leaves, the function runs on and is not told,
 * as on Lambda; the rest goes nowhere.
 */
async function forward(response: ServerResponse, content: IncomingMessage, logs: string[]): Promise<void> {
  try {
    const hasPrelude = content.headers["content-type"] === preludeType;
    if (!hasPrelude) writeHead(response, { status: 200, headers: { "content-type": "application/octet-stream" } });
    let head = Buffer.alloc(0);
    for await (const chunk of content) {
      let rest = chunk as Buffer;
      if (!response.headersSent) {
        head = Buffer.concat([head, rest]);
        const end = head.indexOf(delimiter);
        if (end < 0) continue;
        writeHead(response, decodeHttpPrelude(head.toString("utf8", 0, end)));
        rest = head.subarray(end + delimiter.byteLength);
      }
      if (rest.byteLength > 0 && !response.destroyed && !response.write(rest)) await drained(response);
    }
    const failed = failure(content);
    if (failed !== undefined) throw new Error(failed);
    if (!response.headersSent) throw new Error("the stream ended before its prelude");
    response.end();
  } catch (error) {
    logs.push(`[aws host] the streamed reply failed: ${String(error)}`);
    if (response.headersSent) response.destroy();
    else writeFailure(response);
  }
}

async function drained(response: ServerResponse): Promise<void> {
  const done = new AbortController();
  await Promise.race([once(response, "drain", done), once(response, "close", done)]).finally(() => done.abort());
}

/** The type of the error that the runtime put behind a stream's last chunk. */
function failure(content: IncomingMessage): string | undefined {
  return content.trailers["lambda-runtime-function-error-type"];
}

function writeHead(response: ServerResponse, { status, headers }: Pick<HttpReply, "status" | "headers">): void {
  for (const [name, value] of Object.entries(headers)) {
    // The front end counts for itself; HEAD's is the function's word.
    if (name === "content-length" && response.req.method !== "HEAD") continue;
    response.setHeader(name, value);
  }
  response.writeHead(status);
  response.flushHeaders();
}

function writeFailure(response: ServerResponse): void {
  if (response.headersSent) return void response.destroy();
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.writeHead(502, { "content-type": "application/json" }).end('{"message":"Internal server error"}');
}
