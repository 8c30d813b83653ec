import { concat, toBytes } from "@portico/core/adapter";
import { wrong } from "./fake-check.js";
import { toJsonText } from "./fake-payload.js";

/** A field or a file of a multipart form. */
export type FakePart =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string;
      readonly filename: string;
      /** Default: `application/octet-stream`. */
      readonly contentType?: string | undefined;
      readonly bytes: Uint8Array | string;
    };

/** The ways to give a fake request a body: at most one of them. */
export interface FakeBodyInit {
  /** The exact body. Chunks of an async iterable arrive as from a network: they can be read once. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** Any value with a JSON form; the content type is `application/json` unless given. */
  readonly json?: unknown;
  /** An urlencoded form; a list for a name that is repeated. */
  readonly form?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** A multipart form, in this order. */
  readonly multipart?: readonly FakePart[] | undefined;
}

interface FakeBody {
  readonly content: string | Uint8Array | AsyncIterable<Uint8Array> | null;
  readonly contentType?: string;
}

/** @throws {HandlerError} CONFIG_INVALID when more than one body is given, or `json` has no JSON form. */
export function toBody({ body, json, form, multipart }: FakeBodyInit): FakeBody {
  const given = Object.entries({ body, json, form, multipart }).filter(([, value]) => value !== undefined);
  if (given.length > 1) {
    const names = given.map(([name]) => name).join(" and ");
    throw wrong(`A fake request has one body, and both ${names} are given.`);
  }
  if (json !== undefined) return { content: toJsonText("fake request", json), contentType: "application/json" };
  if (form) return { content: toQuery(form), contentType: "application/x-www-form-urlencoded" };
  if (multipart) return { content: toMultipart(multipart), contentType: `multipart/form-data; boundary=${boundary}` };
  return { content: body ?? null };
}

/** Names and values, repeated names kept, as a query string or an urlencoded form. */
export function toQuery(values: Readonly<Record<string, string | readonly string[]>>): string {
  const query = new URLSearchParams();
  for (const name of Object.keys(values)) {
    for (const value of [values[name] ?? []].flat()) query.append(name, value);
  }
  return query.toString();
}

// Always the same, so that a fake request is the same in every run.
const boundary = "----portico-fake-form-7d1e4a90c2";

function toMultipart(parts: readonly FakePart[]): Uint8Array {
  const sections = parts.flatMap((part) => {
    const file = "filename" in part;
    const name = `name="${quoted(part.name)}"${file ? `; filename="${quoted(part.filename)}"` : ""}`;
    const type = file ? `content-type: ${part.contentType ?? "application/octet-stream"}\r\n` : "";
    const head = `--${boundary}\r\ncontent-disposition: form-data; ${name}\r\n${type}\r\n`;
    return [toBytes(head), toBytes(file ? part.bytes : part.value), toBytes("\r\n")];
  });
  return concat([...sections, toBytes(`--${boundary}--\r\n`)]);
}

/** As browsers write a name: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function quoted(name: string): string {
  return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
