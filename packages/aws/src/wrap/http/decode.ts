import { HandlerError, type HttpReply } from "@portico/core";
import { toCount } from "@portico/core/adapter";
import { fromBase64 } from "../../http/values.js";
import type { HttpFormat } from "./options.js";

type Result = Readonly<Record<string, unknown>>;
type Fields = Record<string, string | string[]>;

const restKeys = ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"];
/** What a front end says of a body whose function does not. A load balancer and Lattice say nothing. */
const defaultTypes: Readonly<Partial<Record<HttpFormat, string>>> = {
  rest: "application/json",
  "http-1.0": "text/plain;charset=UTF-8",
  "http-2.0": "text/plain;charset=UTF-8",
  url: "application/json",
};
const balancers: readonly HttpFormat[] = ["alb", "alb-multi", "lattice"];
const megabyte = 1024 * 1024;

/**
 * A Lambda function's result as the reply that a client gets, as strict as the service itself: what that would refuse becomes its 502,
 * with the reason as the reply's `error`.
 */
export function decodeHttpResult(result: unknown, format: HttpFormat): HttpReply {
  try {
    return decode(result, format);
  } catch (error) {
    return toBadGateway(error);
  }
}

/** What a client gets of a Lambda function that failed. */
export function toBadGateway(error: unknown): HttpReply {
  const headers = { "content-type": "application/json" };
  return { status: 502, headers, body: '{"message":"Internal server error"}', error };
}

/**
 * The status and headers that stand before a streamed reply's body.
 *
 * @throws {HandlerError} REPLY_INVALID when it is not JSON of the right shape.
 */
export function decodeHttpPrelude(json: string): Pick<HttpReply, "status" | "headers"> {
  let prelude: unknown;
  try {
    prelude = JSON.parse(json);
  } catch (cause) {
    throw new HandlerError("REPLY_INVALID", "The prelude of the streamed reply is not JSON.", { cause });
  }
  if (!isResult(prelude)) throw malformed("the prelude is no object");
  const headers = fromSingle(prelude.headers);
  Object.assign(headers, fromMulti(prelude.multiValueHeaders));
  addCookies(headers, prelude.cookies);
  return { status: prelude.statusCode === undefined ? 200 : toStatus(prelude.statusCode), headers };
}

function decode(result: unknown, format: HttpFormat): HttpReply {
  // The payload of an invocation is JSON; so what is not JSON is gone, or null.
  const payload = JSON.stringify(result) ?? "null";
  const limit = format === "alb" || format === "alb-multi" ? megabyte : 6 * megabyte;
  if (Buffer.byteLength(payload) > limit) throw malformed(`it is over ${limit} bytes`);
  const value: unknown = JSON.parse(payload);
  const inferred = format === "http-2.0" || format === "url";
  if (inferred && !(isResult(value) && value.statusCode !== undefined)) {
    return { status: 200, headers: { "content-type": "application/json" }, body: payload };
  }
  if (!isResult(value)) throw malformed("it is no object");
  const { statusCode, body, isBase64Encoded } = value;
  const unknown = Object.keys(value).find((key) => !restKeys.includes(key));
  if (format === "rest" && unknown !== undefined) throw malformed(`it has the key ${unknown}`);
  if (balancers.includes(format) && typeof statusCode !== "number") throw malformed("its statusCode is no number");
  if (body !== undefined && body !== null && typeof body !== "string") throw malformed("its body is no string");
  const headers = decodeHeaders(value, format);
  const added = body ? defaultTypes[format] : undefined;
  if (added !== undefined) headers["content-type"] ??= added;
  return {
    status: toStatus(statusCode),
    headers,
    body: body && isBase64Encoded === true ? fromBase64(body) : (body ?? null),
  };
}

function decodeHeaders(value: Result, format: HttpFormat): Fields {
  if (format === "alb-multi") return fromMulti(value.multiValueHeaders);
  const headers = fromSingle(value.headers);
  // Where a name is in both maps, all its values count.
  if (format === "rest" || format === "http-1.0") Object.assign(headers, fromMulti(value.multiValueHeaders));
  if (format === "http-2.0" || format === "url") addCookies(headers, value.cookies);
  return headers;
}

function toStatus(statusCode: unknown): number {
  const status = toCount(statusCode);
  if (status === undefined || status < 100 || status > 599) throw malformed(`its statusCode is ${String(statusCode)}`);
  return status;
}

/** Names that differ in case alone are further lines of the same field. */
function fromSingle(map: unknown): Fields {
  const fields: Fields = {};
  for (const [name, value] of entriesOf(map, "headers")) {
    if (typeof value === "object") throw malformed(`its header ${name} is no text`);
    add(fields, name, [String(value)]);
  }
  return fields;
}

function fromMulti(map: unknown): Fields {
  const fields: Fields = {};
  for (const [name, values] of entriesOf(map, "multiValueHeaders")) {
    if (!Array.isArray(values)) throw malformed(`its header ${name} is no list`);
    add(fields, name, values.map(String));
  }
  return fields;
}

function addCookies(fields: Fields, cookies: unknown): void {
  if (cookies === undefined || cookies === null) return;
  if (!Array.isArray(cookies)) throw malformed("its cookies are no list");
  add(fields, "set-cookie", cookies.map(String));
}

function add(fields: Fields, name: string, lines: readonly string[]): void {
  const field = name.toLowerCase();
  const all = [...[fields[field] ?? []].flat(), ...lines];
  if (all.length > 0) fields[field] = all.length === 1 ? (all[0] as string) : all;
}

function entriesOf(map: unknown, what: string): [string, unknown][] {
  if (map === undefined || map === null) return [];
  if (!isResult(map)) throw malformed(`its ${what} are no map`);
  return Object.entries(map);
}

function isResult(value: unknown): value is Result {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(why: string): HandlerError {
  return new HandlerError("REPLY_INVALID", `The function's result is malformed: ${why}.`);
}
