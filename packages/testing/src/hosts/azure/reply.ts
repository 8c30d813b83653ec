import type { ServerResponse } from "node:http";
import type { RpcCookie, RpcReply } from "./messages.js";

/** Writes a worker's reply as the host does: header values once each, cookies in its own spelling, the body in chunks. */
export function writeReply(response: ServerResponse, { statusCode, headers, cookies, body }: RpcReply): void {
  response.statusCode = Number(statusCode);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (cookies.length > 0) {
    const line = headers["set-cookie"];
    response.setHeader("set-cookie", [...(line === undefined ? [] : [line]), ...cookies.map(toSetCookie)]);
  }
  const { bytes } = body;
  if (bytes.length > 0) response.write(bytes);
  response.end();
}

const sameSites = { none: undefined, lax: "lax", strict: "strict", explicitNone: "none" };

function toSetCookie({ name, value, domain, path, expires, secure, httpOnly, sameSite, maxAge }: RpcCookie): string {
  const parts = [`${name}=${escapeData(value)}`];
  if (expires) parts.push(`expires=${new Date(Number(expires.value.seconds) * 1000).toUTCString()}`);
  if (maxAge) parts.push(`max-age=${Math.trunc(maxAge.value)}`);
  if (domain?.value) parts.push(`domain=${domain.value}`);
  // The host's default, where the worker says nothing.
  parts.push(`path=${path?.value ?? "/"}`);
  if (secure?.value) parts.push("secure");
  const site = sameSites[sameSite];
  if (site) parts.push(`samesite=${site}`);
  if (httpOnly?.value) parts.push("httponly");
  return parts.join("; ");
}

function escapeData(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
