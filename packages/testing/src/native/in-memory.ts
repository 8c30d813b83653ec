import { type IncomingMessage, request, type Server } from "node:http";
import { duplexPair } from "node:stream";
import type { Bytes, HttpReply } from "@portico/core";
import { concat } from "@portico/core/adapter";

/** One request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array;
}

// Of the connection, and not of the reply.
const ofConnection = ["connection", "keep-alive", "transfer-encoding"];

/** What a server answers that listens nowhere: the connection is within this process. */
export async function sendInMemory(
  server: Server,
  { method, path, headers, body }: WireRequest,
): Promise<HttpReply & { readonly body: Bytes }> {
  const [here, there] = duplexPair();
  // The two ends of the pair do not tell each other when one is broken off.
  there.once("close", () => {
    if (!there.writableFinished) here.destroy(new Error("The connection ended before the reply did."));
  });
  server.emit("connection", there);
  const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]));
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request({ method, path, headers: fields, createConnection: () => here as never }, resolve);
    sent.on("error", reject);
    sent.end(body);
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) chunks.push(chunk as Uint8Array);
  here.destroy();
  const kept = Object.entries(response.headersDistinct).filter(([name]) => !ofConnection.includes(name));
  const replied = Object.fromEntries(
    kept.map(([name, lines = []]) => [name, lines.length === 1 ? (lines[0] as string) : lines]),
  );
  return { status: response.statusCode as number, headers: replied, body: concat(chunks) };
}
