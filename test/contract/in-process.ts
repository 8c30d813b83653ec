import type { HttpReply, HttpRequest } from "@portico/core";
import { bytes, fake } from "@portico/testing";
import type { WireReply, WireRequest } from "./wire.js";

/** A neutral request from what goes over the wire. */
export function toRequest({ method = "GET", target, headers = [], body }: WireRequest): HttpRequest {
  const fields: Record<string, string[]> = { host: ["example.test"] };
  for (const [name, value] of headers) {
    const field = name.toLowerCase();
    fields[field] = [...(fields[field] ?? []), value];
  }
  const url = `https://example.test${target}`;
  return fake.http({ method, url, headers: fields, bodyLimit: 100_000_000, ...(body !== undefined && { body }) });
}

/** A neutral reply as it would go over the wire. */
export async function toWire(response: HttpReply): Promise<WireReply> {
  const headers = Object.entries(response.headers).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map((line) => [name, line] as const),
  );
  return { status: response.status, headers, body: await bytes(response) };
}

/** Collects what adapters write to the standard output; `also` is told at once. */
export function captureOutput(also?: (text: string) => void): { read(): string; release(): void } {
  const lines: string[] = [];
  const { write } = process.stdout;
  process.stdout.write = ((chunk: string | Uint8Array) => {
    lines.push(String(chunk));
    also?.(String(chunk));
    return true;
  }) as typeof write;
  return {
    read: () => lines.join(""),
    release: () => {
      process.stdout.write = write;
    },
  };
}
