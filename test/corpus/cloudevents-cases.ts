import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CloudEvent } from "@portico/core";
import type { LazyCloudEvent, ParsedCloudEvent } from "@portico/core/adapter";
import { overHttp, type WireReply } from "../contract/wire.js";

const corpus = process.env.PORTICO_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));

/** Where the cases are. */
export const folder = join(corpus, "gcp/cloudevents");

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | null;
  readonly bodyBase64?: string;
}

export interface Case {
  readonly name: string;
  readonly level: "must" | "should" | "may";
  readonly rule: string;
  readonly request: Sent;
  readonly expect: {
    readonly events?: readonly Expected[];
    readonly reject?: boolean;
    readonly status?: readonly number[];
    readonly handshake?: boolean;
    readonly headers?: readonly string[];
  };
}

interface Expected {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly data: {
    readonly kind: "none" | "json" | "text" | "binary";
    readonly value?: unknown;
    readonly base64?: string;
  };
}

/** None where the corpus is absent. */
export const cases: readonly Case[] = existsSync(folder)
  ? readdirSync(folder).map((file): Case => JSON.parse(readFileSync(join(folder, file), "utf8")))
  : [];

export function bytesOf({ body, bodyBase64 }: Sent): Buffer | undefined {
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, "base64");
  return body === undefined || body === null ? undefined : Buffer.from(body);
}

/** Sends a request as it stands. */
export function send(origin: string, sent: Sent): Promise<WireReply> {
  const body = bytesOf(sent);
  const headers = Object.entries(sent.headers).filter(([name]) => name.toLowerCase() !== "content-length");
  return overHttp(origin, { method: sent.method, target: sent.path, headers, ...(body && { body }) });
}

/** What the functions framework itself answers with 400: JSON that is no object or array, or is malformed. */
export function isRefusedByFramework({ headers, ...sent }: Sent): boolean {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  if (!/^application\/(?:cloudevents\+)?json\s*(?:;|$)/i.test(type)) return false;
  const body = bytesOf({ headers, ...sent });
  if (!body || body.length === 0) return false;
  try {
    const value = JSON.parse(String(body));
    return typeof value !== "object" || value === null;
  } catch {
    return true;
  }
}

/** What a function got, in the words of the cases. */
export function toExpected(event: CloudEvent): Expected {
  const { extensions, data, ...attributes } = (event as LazyCloudEvent)["~parsed"];
  const present = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
  return { attributes: { specversion: "1.0", ...present, ...extensions }, data: toExpectedData(data) };
}

function toExpectedData(data: ParsedCloudEvent["data"]): Expected["data"] {
  if (data.kind === "bytes") return { kind: "binary", base64: Buffer.from(data.bytes).toString("base64") };
  if (data.kind === "text") return { kind: "text", value: data.text };
  return data.kind === "json" ? { kind: "json", value: data.value } : { kind: "none" };
}

/** JSON data without a content type is application/json, reported or absent: both are right. */
export function implied(sent: Sent, { attributes, data }: Expected): Expected {
  const isImplied =
    /^application\/cloudevents/i.test(sent.headers["content-type"] ?? "") && !sent.body?.includes("datacontenttype");
  const { datacontenttype: _, ...rest } = attributes;
  return isImplied && attributes.datacontenttype === "application/json"
    ? { attributes: rest, data }
    : { attributes, data };
}
