import { type CloudEventV1, HandlerError, http, type NeutralEvent, queue, reply, schedule } from "@portico/core";
import { toHttp } from "@portico/core/adapter";
import { afterEach, beforeEach, vi } from "vitest";
import { type AnyServedFunction, type ServeOptions, type Serving, serve } from "../src/index.js";

/** A token that a door may ask for. */
export const token = "0123456789abcdef0123456789abcdef";
/** What functions were given, each as its name and the event's id. */
export const got: string[] = [];
const running: Serving[] = [];
let written = "";

beforeEach(() => {
  got.length = 0;
  written = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written += text;
    return true;
  });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((serving) => serving.close()));
  vi.restoreAllMocks();
});

/** What the servers of this test wrote. */
export function output(): string {
  return written;
}

/** Serves functions on this machine until the test ends. */
export async function start(
  functions: AnyServedFunction | readonly AnyServedFunction[],
  options: ServeOptions = {},
): Promise<Serving> {
  const serving = await serve(functions, { port: 0, host: "127.0.0.1", signals: [], schedules: false, ...options });
  running.push(serving);
  return serving;
}

/** A handler that notes what it is given. */
export const note = (name: string) => (one: NeutralEvent) => void got.push(`${name} ${one.id}`);
export const orders = queue("orders").handle(note("orders"));
export const nightly = schedule("0 3 * * *").handle(note("nightly"));
/** An app with an authentication of its own, on every path. */
export const guarded = http
  .use(async (request, _context, next) =>
    request.headers.get("x-user") ? next() : Promise.reject(new HandlerError("UNAUTHORIZED", "Who are you?")),
  )
  .any("/*rest")
  .handle(() => reply.text("app"));

/** Sends an event, as Knative does. */
export async function send(url: string, type = "x", headers: Record<string, string> = {}): Promise<Response> {
  const one: CloudEventV1 = { specversion: "1.0", id: "1", source: "/orders", type, data: { a: 1 } };
  const binary = toHttp({ ...one, datacontenttype: "application/json" }, "binary");
  return fetch(url, { method: "POST", headers: { ...binary.headers, ...headers }, body: binary.body });
}

/** The status of the answer to an event. */
export async function statusOf(...given: Parameters<typeof send>): Promise<number> {
  return (await send(...given)).status;
}
