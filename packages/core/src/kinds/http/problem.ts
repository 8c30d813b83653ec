import type { HttpReplyBody, HttpReplyHeaders } from "./http-reply.js";

// Of 400 to 451 and 500 to 511, as IANA lists them; no status, no phrase.
// https://www.iana.org/assignments/http-status-codes
const phrases: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  423: "Locked",
  424: "Failed Dependency",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  // Not registered: a client that closed its request, as nginx has it.
  499: "Client Closed Request",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  506: "Variant Also Negotiates",
  507: "Insufficient Storage",
  508: "Loop Detected",
  511: "Network Authentication Required",
};

/** What HTTP calls a status of 400 or more: the title of a problem without a type (RFC 9457, section 4.2.1). Undefined for other statuses. */
export function statusPhrase(status: number): string | undefined {
  return phrases[status];
}

const problemType = /^application\/problem\+json[\t ]*(?:;|$)/i;

/**
 * The body of a reply, whose `status` member, where it is a problem (RFC 9457), is the reply's own status: a middleware may have changed that after
 * the problem was written. A title that was the phrase of the old status becomes the phrase of the new one.
 */
export function withStatusMember(status: number, headers: HttpReplyHeaders, body: HttpReplyBody): HttpReplyBody {
  const type = headers["content-type"];
  if (typeof body !== "string" || typeof type !== "string" || !problemType.test(type)) return body;
  const problem = parseObject(body);
  const written = problem?.status;
  if (problem === undefined || typeof written !== "number" || written === status) return body;
  const changed: Record<string, unknown> = { ...problem, status };
  if (problem.title === statusPhrase(written)) changed.title = statusPhrase(status);
  return JSON.stringify(changed);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
