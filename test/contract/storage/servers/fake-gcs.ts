// An own fake of Cloud Storage's JSON API, behind the real SDK: it is here for what no server on npm does, the preconditions on
// generations and the signatures of URLs. Its results are ours and not Google's. Written from the service's API reference.
import type { IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { crc32cBase64 } from "./crc32c.js";
import { holds } from "./goog4.js";
import { listen, type Running, readBody, sendContent } from "./http.js";
import { type Kept, type NewObject, Objects } from "./objects.js";

interface Session {
  readonly key: string;
  readonly query: URLSearchParams;
  readonly facts: Omit<NewObject, "body">;
  readonly chunks: Buffer[];
  size: number;
}

export interface FakeGcs extends Running {
  /** Resumable uploads that were neither finished nor cancelled. */
  readonly sessions: ReadonlyMap<string, unknown>;
}

class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Starts the fake with one bucket, `bucket`; URLs are signed by the private half of `publicKey`. */
export async function startFakeGcs(bucket: string, publicKey: string): Promise<FakeGcs> {
  const objects = new Objects();
  const sessions = new Map<string, Session>();
  let origin = "";

  function read(key: string, query: URLSearchParams): Kept {
    const found = objects.get(key);
    const generation = query.get("generation");
    if (!found || (generation !== null && generation !== String(found.generation))) {
      throw new ApiError(404, `No such object: ${bucket}/${key}`);
    }
    return found;
  }

  /** @throws {ApiError} 412 when the generation is another; 0 stands for none. */
  function checkGeneration(key: string, query: URLSearchParams): void {
    const wanted = query.get("ifGenerationMatch");
    if (wanted === null || wanted === String(objects.get(key)?.generation ?? 0)) return;
    throw new ApiError(412, "At least one of the pre-conditions you specified did not hold.");
  }

  function create(key: string, query: URLSearchParams, object: NewObject): Kept {
    checkGeneration(key, query);
    const made = objects.put(key, object);
    // The ETag of Cloud Storage is not the hash of the content.
    return objects.put(key, { ...made, etag: Buffer.from(`g${made.generation}`).toString("base64") });
  }

  async function upload(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { searchParams: query } = url;
    const session = sessions.get(query.get("upload_id") ?? "");
    if (request.method === "POST" && query.get("uploadType") === "resumable") {
      const id = crypto.randomUUID();
      const resource = JSON.parse((await readBody(request)).toString() || "{}") as Resource;
      const type = request.headers["x-upload-content-type"];
      const facts = toFacts({ ...resource, ...(type !== undefined && { contentType: String(type) }) });
      const key = query.get("name") ?? "";
      checkGeneration(key, query);
      sessions.set(id, { key, query, facts, chunks: [], size: 0 });
      response
        .writeHead(200, {
          location: `http://${request.headers.host}${url.pathname}?uploadType=resumable&upload_id=${id}`,
        })
        .end();
    } else if (request.method === "POST") {
      const { resource, body } = fromRelated(request.headers["content-type"] ?? "", await readBody(request));
      const key = query.get("name") ?? resource.name ?? "";
      json(response, resourceOf(key, create(key, query, { ...toFacts(resource), body })));
    } else if (!session) throw new ApiError(404, "No such upload.");
    else if (request.method === "DELETE") {
      sessions.delete(query.get("upload_id") ?? "");
      response.writeHead(499).end();
    } else await resume(request, response, query.get("upload_id") ?? "", session);
  }

  async function resume(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    session: Session,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const [, start, total] =
      /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(request.headers["content-range"] ?? "bytes 0-0/*") ?? [];
    // What it has already it does not take again.
    const fresh = body.subarray(Math.max(0, session.size - Number(start ?? session.size)));
    session.chunks.push(fresh);
    session.size += fresh.byteLength;
    if (total === undefined || total === "*" || Number(total) > session.size) {
      const range = session.size > 0 ? { range: `bytes=0-${session.size - 1}` } : {};
      response.writeHead(308, { ...range, "content-length": 0 }).end();
      return;
    }
    sessions.delete(id);
    const { key, query, facts } = session;
    json(response, resourceOf(key, create(key, query, { ...facts, body: Buffer.concat(session.chunks) })));
  }

  function media(request: IncomingMessage, response: ServerResponse, object: Kept, type = object.contentType): void {
    const packed = object.contentEncoding === "gzip";
    if (packed && !/\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""))) {
      // It unpacks it, of no announced length, and takes no range.
      response.writeHead(200, { "content-type": type, warning: "214 UploadServer gunzipped" });
      response.end(gunzipSync(object.body));
      return;
    }
    const headers = {
      ...(packed && { "content-encoding": "gzip" }),
      "content-type": type,
      "x-goog-hash": `crc32c=${crc32cBase64(object.body)}`,
      "x-goog-generation": String(object.generation),
      "x-goog-stored-content-encoding": object.contentEncoding ?? "identity",
    };
    sendContent(request, response, object.body, headers, () => {
      throw new ApiError(416, "Requested range not satisfiable");
    });
  }

  function list(response: ServerResponse, query: URLSearchParams): void {
    const get = (name: string) => query.get(name) ?? "";
    const token = Buffer.from(get("pageToken"), "base64url").toString();
    const { entries, next } = objects.list(get("prefix"), get("delimiter"), token, Number(get("maxResults") || 1000));
    json(response, {
      kind: "storage#objects",
      items: entries.flatMap(({ key, object }) => (object ? [resourceOf(key, object)] : [])),
      prefixes: entries.flatMap(({ key, object }) => (object ? [] : [key])),
      ...(next !== undefined && { nextPageToken: Buffer.from(next).toString("base64url") }),
    });
  }

  function api(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const [, name, key, , to] =
      /^\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+)(\/rewriteTo\/b\/[^/]+\/o\/([^/]+))?)?$/
        .exec(url.pathname)
        ?.map((part) => part && decodeURIComponent(part)) ?? [];
    const { searchParams: query } = url;
    if (name !== bucket) throw new ApiError(404, "The specified bucket does not exist.");
    if (key === undefined) list(response, query);
    else if (to !== undefined) {
      const source = read(key, query);
      json(response, {
        kind: "storage#rewriteResponse",
        done: true,
        resource: resourceOf(to, create(to, query, source)),
      });
    } else if (request.method === "DELETE") {
      read(key, query);
      checkGeneration(key, query);
      objects.delete(key);
      response.writeHead(204).end();
    } else if (query.get("alt") === "media") media(request, response, read(key, query));
    else json(response, resourceOf(key, read(key, query)));
  }

  async function signed(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const body = await readBody(request);
    if (!holds(request, publicKey)) throw new ApiError(403, "SignatureDoesNotMatch");
    const key = decodeURIComponent(url.pathname.split("/").slice(2).join("/"));
    const type = url.searchParams.get("response-content-type") ?? undefined;
    if (request.method === "GET") return media(request, response, read(key, new URLSearchParams()), type);
    const contentType = request.headers["content-type"] ?? "application/octet-stream";
    create(key, new URLSearchParams(), { body, contentType, cacheControl: undefined, metadata: {} });
    response.writeHead(200).end();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", origin);
    if (url.searchParams.has("X-Goog-Signature")) return signed(request, response, url);
    if (url.pathname.startsWith("/upload/")) return upload(request, response, url);
    await readBody(request);
    api(request, response, url);
  }

  const server = await listen((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return;
      const [status, message] = error instanceof ApiError ? [error.status, error.message] : [500, String(error)];
      json(response, { error: { code: status, message, errors: [{ message, reason: "fake" }] } }, status);
    });
  });
  origin = server.url;
  return { ...server, sessions };
}

interface Resource {
  readonly name?: string;
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentEncoding?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

function toFacts({
  contentType = "application/octet-stream",
  cacheControl,
  contentEncoding,
  metadata = {},
}: Resource): Omit<NewObject, "body"> {
  return { contentType, cacheControl, contentEncoding, metadata };
}

function resourceOf(key: string, object: Kept): object {
  const { contentType, contentEncoding, cacheControl, metadata, etag, body, updated } = object;
  return {
    kind: "storage#object",
    name: key,
    generation: String(object.generation),
    size: String(body.byteLength),
    updated: updated.toISOString(),
    crc32c: crc32cBase64(body),
    contentType,
    contentEncoding,
    cacheControl,
    metadata,
    etag,
  };
}

function json(response: ServerResponse, value: object, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/** The two parts of a multipart/related upload. */
function fromRelated(type: string, body: Buffer): { readonly resource: Resource; readonly body: Buffer } {
  const [, boundary = ""] = /boundary="?([^";]+)"?/.exec(type) ?? [];
  const mark = Buffer.from(`--${boundary}`);
  const second = body.indexOf(mark, mark.byteLength);
  const first = body.subarray(mark.byteLength, second);
  const end = body.lastIndexOf(mark);
  const after = (part: Buffer) => part.indexOf("\r\n\r\n") + 4;
  const content = body.subarray(second + mark.byteLength, end - 2);
  return {
    resource: JSON.parse(first.subarray(after(first)).toString()),
    body: Buffer.from(content.subarray(after(content))),
  };
}
