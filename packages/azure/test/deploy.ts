import { type AzureHttpOptions, http } from "../src/http.js";
import { invoke } from "./worker.js";

export const origin = "https://contoso.azurewebsites.net";
let count = 0;

/** Registers a function under a name of its own; `invoke` gives what the host sees of an invocation. */
export function deploy(fn: Parameters<typeof http>[1], options?: AzureHttpOptions) {
  count += 1;
  const name = `f${count}`;
  const handler = http(name, fn, options);
  return { name, handler, invoke: (init: Parameters<typeof invoke>[1]) => invoke(name, { method: "GET", ...init }) };
}

/** The body of what left the worker. */
export const body = (answer: { body: { bytes: Uint8Array } }) => Buffer.from(answer.body.bytes).toString();

/** A body on its way into the worker. */
export const bytes = (text: string) => ({ bytes: Buffer.from(text) });
