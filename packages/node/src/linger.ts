import type { IncomingMessage, ServerResponse } from "node:http";
import type { BeforeEnd } from "@portico/core/adapter";

// Node itself reads a rest of this size and keeps the connection. Bytes.
const smallRest = 64 * 1024;
const lingerMs = 3_000;

/**
 * What to do before the end of a reply to a request whose body has not all arrived, and will not be read: say that the connection closes,
 * and take in what still comes for a while. Closed at once, the connection would be reset, and the client, busy with sending, would
 * lose the reply (RFC 9112, section 9.6).
 */
export function lingerOver(
  request: IncomingMessage,
  response: ServerResponse,
  waitsForContinue: boolean,
): BeforeEnd | undefined {
  const length = request.headers["content-length"];
  if (request.complete || (length === undefined && request.headers["transfer-encoding"] === undefined)) return;
  if (Number(length) <= smallRest) return;
  response.shouldKeepAlive = false;
  return waitsForContinue ? undefined : () => discard(request);
}

function discard(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, lingerMs);
    request.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
    request.on("error", () => {});
    request.resume();
  });
}
