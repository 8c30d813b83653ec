import type { Duplex } from "node:stream";
import { reply } from "@portico/core";

const refusals: Record<string, readonly [status: number, reason: string, detail: string]> = {
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large", "The header fields are too large."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout", "The request did not arrive in time."],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "Content Too Large", "The chunk extensions are too large."],
};
const broken = [400, "Bad Request", "The request is not valid HTTP."] as const;

/** Answers what Node's parser does not take, on the bare connection, and closes it. Returns what it said, for the log. */
export function refuse(error: NodeJS.ErrnoException, socket: Duplex): { readonly status: number } | undefined {
  // A reply that is under way on this connection must not get another head in its middle.
  const { _httpMessage: underWay } = socket as Duplex & { readonly _httpMessage?: { readonly headersSent?: boolean } };
  if (error.code === "ECONNRESET" || !socket.writable || underWay?.headersSent) {
    socket.destroy();
    return;
  }
  const [status, reason, detail] = refusals[error.code ?? ""] ?? broken;
  const { headers, body } = reply.problem({ status, title: reason, detail });
  const text = body as string;
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    `content-type: ${headers["content-type"]}`,
    `content-length: ${Buffer.byteLength(text)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`, () => socket.destroy());
  return { status };
}
