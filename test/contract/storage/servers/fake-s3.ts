// An own fake of S3, behind the real SDK: it is here for what no server on npm does, conditional writes and signatures. Its results are
// ours and not S3's. Written from the service's API reference.
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, type Running, readBody, sendContent } from "./http.js";
import { crc32Base64, type Kept, type NewObject, Objects } from "./objects.js";
import { signatureProblem } from "./sigv4.js";

interface MultipartUpload {
  readonly key: string;
  readonly headers: Omit<NewObject, "body">;
  readonly parts: Map<number, { readonly etag: string; readonly body: Buffer }>;
}

export interface FakeS3 extends Running {
  /** Uploads that were neither completed nor aborted. */
  readonly uploads: ReadonlyMap<string, unknown>;
  /** Answers the next conditional write with the 409 that S3 gives while another is going on. */
  conflictOnce(): void;
}

class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

const statuses: Readonly<Record<string, number>> = { XAmzContentSHA256Mismatch: 400 };
/** Bytes: of all parts but the last. */
const leastPart = 5 * 1024 * 1024;

/** Starts the fake with one bucket, `bucket`, for one pair of keys. */
export async function startFakeS3(bucket: string, secret: string): Promise<FakeS3> {
  const objects = new Objects();
  const uploads = new Map<string, MultipartUpload>();
  let conflict = false;

  function checkConditions(key: string, { headers }: IncomingMessage): void {
    const there = objects.get(key);
    const { "if-none-match": absent, "if-match": version } = headers;
    if ((absent !== undefined || version !== undefined) && conflict) {
      conflict = false;
      throw new S3Error(409, "ConditionalRequestConflict");
    }
    if (absent === "*" && there) throw new S3Error(412, "PreconditionFailed");
    if (version !== undefined && !there) throw new S3Error(404, "NoSuchKey");
    if (version !== undefined && version !== `"${there?.etag}"`) throw new S3Error(412, "PreconditionFailed");
  }

  function read(key: string): Kept {
    const found = objects.get(key);
    if (!found) throw new S3Error(404, "NoSuchKey");
    return found;
  }

  function get(request: IncomingMessage, response: ServerResponse, key: string, query: URLSearchParams): void {
    const object = read(key);
    const { "if-match": match, "if-none-match": noneMatch } = request.headers;
    if (match !== undefined && match !== `"${object.etag}"`) throw new S3Error(412, "PreconditionFailed");
    if (noneMatch === `"${object.etag}"`) throw new S3Error(304, "NotModified");
    sendContent(request, response, object.body, toHeaders(object, query), () => {
      throw new S3Error(416, "InvalidRange");
    });
  }

  function put(request: IncomingMessage, response: ServerResponse, key: string, body: Buffer): void {
    const source = request.headers["x-amz-copy-source"];
    if (source !== undefined) {
      const [, from = ""] = /^\/?[^/]+\/(.+)$/.exec(decodeURIComponent(String(source))) ?? [];
      const { etag } = objects.put(key, read(from));
      xml(response, `<CopyObjectResult><ETag>"${etag}"</ETag></CopyObjectResult>`);
      return;
    }
    checkConditions(key, request);
    const { etag } = objects.put(key, { ...fromHeaders(request), body });
    response.writeHead(200, { etag: `"${etag}"` }).end();
  }

  function multipart(
    request: IncomingMessage,
    response: ServerResponse,
    key: string,
    query: URLSearchParams,
    body: Buffer,
  ): void {
    if (query.has("uploads")) {
      const id = crypto.randomUUID();
      uploads.set(id, { key, headers: fromHeaders(request), parts: new Map() });
      xml(response, `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
      return;
    }
    const id = query.get("uploadId") ?? "";
    const upload = uploads.get(id);
    if (upload?.key !== key) throw new S3Error(404, "NoSuchUpload");
    if (request.method === "PUT") {
      const etag = createHash("md5").update(body).digest("hex");
      upload.parts.set(Number(query.get("partNumber")), { etag, body });
      response.writeHead(200, { etag: `"${etag}"` }).end();
      return;
    }
    if (request.method === "DELETE") {
      uploads.delete(id);
      response.writeHead(204).end();
      return;
    }
    checkConditions(key, request);
    const named = [...body.toString().matchAll(/<Part>.*?<\/Part>/gs)].map(([part]) =>
      Number(/<PartNumber>(\d+)/.exec(part)?.[1]),
    );
    const parts = named.map((number) => upload.parts.get(number));
    if (parts.length === 0 || parts.some((part) => !part)) throw new S3Error(400, "InvalidPart");
    if (named.some((number, index) => index > 0 && number <= (named[index - 1] ?? 0)))
      throw new S3Error(400, "InvalidPartOrder");
    if (parts.slice(0, -1).some((part) => (part?.body.byteLength ?? 0) < leastPart))
      throw new S3Error(400, "EntityTooSmall");
    const hash = createHash("md5")
      .update(Buffer.concat(parts.map((part) => Buffer.from(part?.etag ?? "", "hex"))))
      .digest("hex");
    const whole = Buffer.concat(parts.map((part) => part?.body as Buffer));
    const { etag } = objects.put(key, { ...upload.headers, body: whole, etag: `${hash}-${parts.length}` });
    uploads.delete(id);
    xml(response, `<CompleteMultipartUploadResult><ETag>"${etag}"</ETag></CompleteMultipartUploadResult>`);
  }

  function list(response: ServerResponse, query: URLSearchParams): void {
    const get = (name: string) => query.get(name) ?? "";
    const token = Buffer.from(get("continuation-token"), "base64url").toString();
    const { entries, next } = objects.list(get("prefix"), get("delimiter"), token, Number(get("max-keys") || 1000));
    const items = entries.map(({ key, object }) =>
      object
        ? `<Contents><Key>${listed(key)}</Key><LastModified>${object.updated.toISOString()}</LastModified><ETag>&quot;${object.etag}&quot;</ETag><Size>${object.body.byteLength}</Size></Contents>`
        : `<CommonPrefixes><Prefix>${listed(key)}</Prefix></CommonPrefixes>`,
    );
    const more =
      next === undefined
        ? ""
        : `<NextContinuationToken>${Buffer.from(next).toString("base64url")}</NextContinuationToken>`;
    xml(
      response,
      `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${next !== undefined}</IsTruncated>${more}${items.join("")}</ListBucketResult>`,
    );
  }

  function remove(request: IncomingMessage, response: ServerResponse, key: string): void {
    checkConditions(key, request);
    objects.delete(key);
    response.writeHead(204).end();
  }

  function removeMany(response: ServerResponse, body: Buffer): void {
    for (const [, key = ""] of body.toString().matchAll(/<Key>(.*?)<\/Key>/gs)) objects.delete(unescapeXml(key));
    xml(response, "<DeleteResult></DeleteResult>");
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await readBody(request);
    const problem = signatureProblem(request, secret, sent);
    if (problem) throw new S3Error(statuses[problem] ?? 403, problem);
    const body = checkedBody(request, sent);
    // Not a URL parser: S3 resolves no dots in a path.
    const [path = "", search] = (request.url ?? "/").split("?");
    const [, name, ...rest] = path.split("/").map(decodeURIComponent);
    const key = rest.join("/");
    if (name !== bucket) throw new S3Error(404, "NoSuchBucket");
    const query = new URLSearchParams(search);
    if (query.has("uploads") || query.has("uploadId")) return multipart(request, response, key, query, body);
    if (query.has("delete")) return removeMany(response, body);
    if (key === "") return list(response, query);
    if (request.method === "PUT") return put(request, response, key, body);
    if (request.method === "DELETE") return remove(request, response, key);
    get(request, response, key, query);
  }

  const server = await listen((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return;
      const { status, code } = error instanceof S3Error ? error : { status: 500, code: "InternalError" };
      const text =
        request.method === "HEAD" || status === 304
          ? ""
          : `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
      response.writeHead(status, { "content-type": "application/xml" }).end(text);
    });
  });
  return {
    ...server,
    uploads,
    conflictOnce: () => {
      conflict = true;
    },
  };
}

/** The body, held to the checksum that the SDK has sent with it. */
function checkedBody({ headers }: IncomingMessage, body: Buffer): Buffer {
  const checksum = headers["x-amz-checksum-crc32"];
  if (checksum !== undefined && checksum !== crc32Base64(body)) throw new S3Error(400, "BadDigest");
  return body;
}

function fromHeaders({ headers }: IncomingMessage): Omit<NewObject, "body"> {
  const metadata = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-meta-"));
  return {
    contentType: headers["content-type"] ?? "binary/octet-stream",
    contentEncoding: headers["content-encoding"],
    cacheControl: headers["cache-control"],
    metadata: Object.fromEntries(metadata.map(([name, value]) => [name.slice(11), String(value)])),
  };
}

function toHeaders(object: Kept, query: URLSearchParams): Record<string, string> {
  const metadata = Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return {
    etag: `"${object.etag}"`,
    "content-type": query.get("response-content-type") ?? object.contentType,
    "last-modified": object.updated.toUTCString(),
    "accept-ranges": "bytes",
    ...(object.contentEncoding !== undefined && { "content-encoding": object.contentEncoding }),
    ...(object.cacheControl !== undefined && { "cache-control": object.cacheControl }),
    ...Object.fromEntries(metadata),
  };
}

function xml(response: ServerResponse, text: string): void {
  response.writeHead(200, { "content-type": "application/xml" }).end(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
}

/** S3's form of URL encoding in lists: a space is a plus. */
function listed(key: string): string {
  return encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/").replaceAll("'", "%27");
}

function unescapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_all, name: string) => entities[name] ?? "");
}
