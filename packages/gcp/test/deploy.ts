import type { AddressInfo } from "node:net";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { vi } from "vitest";

const open: (() => void)[] = [];
let count = 0;

/** Serves what `register` registers under the name it gets, with the real framework; gives the origin. */
export async function deploy(register: (name: string) => unknown): Promise<string> {
  count += 1;
  const name = `messages${count}`;
  register(name);
  const server = getTestServer(name);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Stops what `deploy` started. */
export function closeAll(): void {
  for (const close of open.splice(0)) close();
}

export type Fields = Readonly<Record<string, string>>;

export function post(origin: string, body: string | Uint8Array<ArrayBuffer>, headers: Fields = {}): Promise<Response> {
  return fetch(origin, { method: "POST", headers, body: typeof body === "string" ? Buffer.from(body) : body });
}

export const json = { "content-type": "application/json" };

/** The body of a push with one message. */
export function toPush(data: string | Uint8Array | undefined, more: object = {}, around: object = {}): string {
  const message = {
    ...(data !== undefined && { data: Buffer.from(data as string).toString("base64") }),
    messageId: "7",
    publishTime: "2026-01-02T03:04:05.678Z",
    ...more,
  };
  return JSON.stringify({ message, subscription: "projects/p/subscriptions/s", ...around });
}

/** Header fields of a CloudEvent in binary mode. */
export function toFields(type: string, more: Fields = {}): Fields {
  return { ...json, "ce-specversion": "1.0", "ce-id": "e1", "ce-source": "/s", "ce-type": type, ...more };
}

/** Keeps log lines from the console. */
export function silence(): void {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
}

/** The log lines written so far. */
export function logged(): Record<string, unknown>[] {
  return vi.mocked(process.stdout.write).mock.calls.map(([line]) => JSON.parse(String(line)));
}
