import type { Bytes } from "@portico/core";
import { toText } from "@portico/core/adapter";
import type { Cloud, CloudResult, HttpResult, InvokeResult, MessageResult } from "./result.js";

type Results<R> = readonly R[];

/** Where what becomes of a message differs. */
export function messageDifferences(results: Results<MessageResult>): string[] {
  const told = results.filter(({ fate }) => fate !== "unencodable");
  return [
    ...unencodable(results),
    ...differ("the message", told, ({ fate }) => saidOfFate[fate]),
    ...differ(
      "the message is set aside because",
      told.filter(({ fate }) => fate === "set aside"),
      ({ reason }) => `"${reason}"`,
    ),
  ];
}

const saidOfFate = {
  acknowledged: "is acknowledged",
  "set aside": "is set aside",
  "comes again": "comes again",
  lost: "is lost",
  unencodable: "cannot be carried",
};

// What a front end or a server says on its own account.
const ofServer = new Set([
  "date",
  "connection",
  "keep-alive",
  "content-length",
  "transfer-encoding",
  "x-powered-by",
  "etag",
]);

/** Where replies differ. */
export function httpDifferences(results: Results<HttpResult>): string[] {
  const told = results.filter(({ reply }) => reply.status !== 0);
  const names = new Set(told.flatMap(({ reply }) => Object.keys(reply.headers)));
  const headers = [...names].filter((name) => !ofServer.has(name)).sort();
  return [
    ...unencodable(results),
    ...differ("the status is", told, ({ reply }) => String(reply.status)),
    ...headers.flatMap((name) => differ(`the header ${name} is`, told, ({ reply }) => header(reply.headers[name]))),
    ...differ("the body is", told, ({ reply }) => shown(reply.body)),
  ];
}

function header(value: string | readonly string[] | undefined): string {
  return value === undefined ? "absent" : JSON.stringify(typeof value === "string" ? value : value.join(", "));
}

/** Bodies over this are told apart, and not shown. Characters. */
const longest = 200;

function shown(body: Bytes): string {
  const text = toText(body);
  if (text.length <= longest) return JSON.stringify(text);
  return `${body.byteLength} bytes that begin with ${JSON.stringify(text.slice(0, longest))} (${sum(body)})`;
}

function sum(body: Bytes): string {
  return body.reduce((total, byte) => (Math.imul(total, 31) + byte) | 0, 0).toString(16);
}

/** Where answers differ. */
export function invokeDifferences(results: Results<InvokeResult>): string[] {
  const told = results.filter((result) => !isUnencodable(result));
  return [
    ...unencodable(results),
    ...differ("the call", told, ({ answer }) => (answer === undefined ? "fails" : `gets ${JSON.stringify(answer)}`)),
  ];
}

function unencodable(results: Results<CloudResult>): string[] {
  return results
    .filter(isUnencodable)
    .map(({ cloud, error }) => `${cloud} cannot carry the event: ${(error as Error).message}`);
}

function isUnencodable({ nativeEvent }: CloudResult): boolean {
  return nativeEvent === undefined;
}

/** One sentence where a question has several answers: `the status is 200 on aws and gcp, 204 on azure`. */
function differ<R extends { readonly cloud: Cloud }>(
  what: string,
  results: Results<R>,
  say: (result: R) => string,
): string[] {
  const clouds = new Map<string, Cloud[]>();
  for (const result of results) {
    const said = say(result);
    clouds.set(said, [...(clouds.get(said) ?? []), result.cloud]);
  }
  if (clouds.size < 2) return [];
  return [`${what} ${[...clouds].map(([said, where]) => `${said} on ${where.join(" and ")}`).join(", ")}`];
}
