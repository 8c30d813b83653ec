import { http } from "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import type { Bytes, HttpReply } from "@portico/core";
import type { GoogleRequest } from "@portico/gcp/wrap";
import { sendInMemory } from "../native/in-memory.js";
import type { GoogleHandler } from "./native.js";

let registered = 0;

/**
 * What the functions framework answers when it calls a function for a request: its own server, with its parsers and its Express, which
 * listens nowhere.
 *
 * @param fn the name that it is registered with, or a handler of requests.
 * @throws {Error} when no function is registered with that name.
 * @example
 * gcp.queue("fulfil", fulfil, { redelivery: true });
 * const { status } = await fakes.send("fulfil", await fakes.queue({ json: order }, { signature: "http" }));
 */
export async function send(
  fn: string | GoogleHandler,
  request: GoogleRequest,
): Promise<HttpReply & { readonly body: Bytes }> {
  return sendInMemory(getTestServer(typeof fn === "string" ? fn : register(fn)), request);
}

/** The framework keeps its functions by name, for the whole process. */
function register(handler: GoogleHandler): string {
  registered += 1;
  const name = `fake-${registered}`;
  http(name, handler);
  return name;
}
