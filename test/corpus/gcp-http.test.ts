import { existsSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { http, reply } from "@portico/core";
import { http as gcpHttp } from "@portico/gcp";
import { serve } from "@portico/node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { overHttp, text } from "../contract/wire.js";

const corpus = process.env.PORTICO_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const root = join(corpus, "gcp");
const present = existsSync(join(root, "index.json"));

interface Entry {
  readonly file: string;
  readonly form: "http-request" | "cloudevents-http-case" | "structured-cloudevent" | "event-data";
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | null;
  readonly bodyBase64?: string;
}

const read = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));
const entries: readonly Entry[] = present ? read("index.json") : [];
const requests = entries.filter(({ form }) => form === "http-request" || form === "cloudevents-http-case");
const events = entries.filter(({ form }) => form === "structured-cloudevent" || form === "event-data");

const echo = http.any("/*rest").handle(async (request) =>
  reply.json({
    method: request.method,
    path: request.path,
    query: [...request.query],
    headers: Object.fromEntries(request.headers),
    body: Buffer.from(await request.bytes()).toString("base64"),
  }),
);
const handler = gcpHttp("corpus", echo) as (...event: unknown[]) => Promise<void>;

function bytesOf({ body, bodyBase64 }: Sent): Buffer | undefined {
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, "base64");
  return body === undefined || body === null ? undefined : Buffer.from(body);
}

/** What the framework itself answers with 400: JSON that is no object or array. */
function isRefusedByFramework({ headers, ...sent }: Sent): boolean {
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

async function send(origin: string, sent: Sent) {
  const body = bytesOf(sent);
  const headers = Object.entries(sent.headers).filter(([name]) => name.toLowerCase() !== "content-length");
  return overHttp(origin, { method: sent.method, target: sent.path, headers, ...(body && { body }) });
}

function expected(sent: Sent) {
  const url = new URL(sent.path, "http://a.test");
  const headers = Object.entries(sent.headers).filter(([name]) => name.toLowerCase() !== "content-length");
  return {
    method: sent.method,
    path: url.pathname,
    query: [...url.searchParams],
    headers: expect.objectContaining(
      Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value.trim()])),
    ),
    body: (bytesOf(sent) ?? Buffer.alloc(0)).toString("base64"),
  };
}

describe.skipIf(!present)(
  `Google's requests, from ${present ? "the corpus" : `${root}, which is absent: nothing is checked`}`,
  () => {
    let framework: Server;
    let stop: () => Promise<unknown>;
    const origins = { framework: "", node: "" };
    beforeAll(async () => {
      vi.spyOn(process.stdout, "write").mockReturnValue(true);
      vi.spyOn(console, "error").mockReturnValue();
      framework = getTestServer("corpus");
      await new Promise<void>((resolve) => framework.listen(0, "127.0.0.1", resolve));
      origins.framework = `http://127.0.0.1:${(framework.address() as AddressInfo).port}`;
      const serving = await serve(echo, { port: 0, host: "127.0.0.1", signals: [] });
      stop = serving.close;
      origins.node = serving.url;
    });
    afterAll(async () => {
      framework.close();
      await stop();
      vi.restoreAllMocks();
    });

    test("there are the requests and events of the index", () => {
      expect(requests.length).toBe(125);
      expect(events.length).toBe(33);
    });

    test.each(requests)("$file is decoded exactly, in the framework and in a container", async ({ file }) => {
      const sent = read(file).request as Sent;
      const contained = await send(origins.node, sent);
      expect(contained.status).toBe(200);
      expect(JSON.parse(text(contained))).toEqual(expected(sent));
      const answer = await send(origins.framework, sent);
      if (isRefusedByFramework(sent)) {
        expect(answer.status).toBe(400);
        return;
      }
      expect(answer.status).toBe(200);
      expect(JSON.parse(text(answer))).toEqual(expected(sent));
    });

    test.each(events)("$file, which is no HTTP request, is refused by name", async ({ file, form }) => {
      const data = read(file);
      const cloudEvent = form === "structured-cloudevent" ? data : { specversion: "1.0", type: "google.test", data };
      await expect(handler(cloudEvent)).rejects.toMatchObject({
        code: "EVENT_UNSUPPORTED",
        message: expect.stringContaining(`a CloudEvent of the type ${cloudEvent.type}`),
      });
      await expect(handler(data, { eventId: "1", eventType: "google.test" })).rejects.toMatchObject({
        code: "EVENT_UNSUPPORTED",
      });
      await expect(handler(data)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
    });
  },
);
