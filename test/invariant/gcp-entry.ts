import type { GcpHandler } from "@portico/gcp/queue";

/** A request of Google's, as far as it differs. */
export interface Request {
  readonly fields?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The entry of a process around what was registered: a request as the functions framework hands it over; gives the status it was answered with. */
export function gcpEntry(handler: GcpHandler): (event: unknown) => Promise<unknown> {
  return async (event) => {
    const { fields = {}, body } = event as Request;
    const headers: Record<string, string> = { host: "f.run.app", "content-type": "application/json", ...fields };
    const request = {
      method: "POST",
      url: "/",
      originalUrl: "/",
      headers,
      rawHeaders: Object.entries(headers).flat(),
      rawBody: Buffer.from(JSON.stringify(body)),
      socket: {},
      executionId: "execution",
    };
    let status: number | undefined;
    const response = {
      destroyed: false,
      writableEnded: false,
      on: () => response,
      writeHead: (given: number) => {
        status = given;
      },
      end: () => {
        response.writableEnded = true;
      },
    };
    // What the adapter reads of them, and no more.
    await handler(...([request, response] as unknown as Parameters<GcpHandler>));
    return response.writableEnded ? status : undefined;
  };
}
