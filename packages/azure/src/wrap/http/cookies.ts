import type { Cookie } from "@azure/functions";

/** A cookie as a line of `set-cookie`: as the host writes it, or the worker's library where the app streams. */
export function toSetCookie(cookie: Cookie, httpStream: boolean): string {
  const { name, value, domain, secure, httpOnly, sameSite } = cookie;
  const maxAge = cookie.maxAge === undefined ? undefined : Math.trunc(cookie.maxAge);
  // A date at or before 1970 is lost on the way to the host.
  const expires = toDate(cookie.expires, httpStream);
  // The host's default, where the handler says nothing.
  const path = cookie.path ?? (httpStream ? undefined : "/");
  const parts = [
    `${name}=${encodeURIComponent(value)}`,
    ...(maxAge === undefined ? [] : [`Max-Age=${maxAge}`]),
    ...(domain ? [`Domain=${domain}`] : []),
    ...(path ? [`Path=${path}`] : []),
    ...(expires ? [`Expires=${expires.toUTCString()}`] : []),
    ...(httpOnly ? ["HttpOnly"] : []),
    ...(secure ? ["Secure"] : []),
    ...(sameSite ? [`SameSite=${sameSite}`] : []),
  ];
  return parts.join("; ");
}

function toDate(expires: Cookie["expires"], httpStream: boolean): Date | undefined {
  if (expires === undefined || expires === null) return undefined;
  const date = new Date(expires);
  return httpStream || date.getTime() > 0 ? date : undefined;
}
