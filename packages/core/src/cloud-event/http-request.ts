import { joinLines } from "../kinds/http/headers.js";
import type { Identity } from "../kinds/http/identity.js";
import { type HttpRequest, LazyHttpRequest } from "../kinds/http/request.js";
import type { HttpSource, HttpSourceBody } from "../kinds/http/source.js";
import type { Carried } from "./carried.js";
import type { CloudEventV1 } from "./cloud-event-v1.js";
import { Envelope } from "./envelope.js";
import { toExact } from "./exact.js";
import { fact, optional, readFacts } from "./facts.js";
import { isBody, isListOf, isObject, isPairOf, isText, isTextRecord } from "./guards.js";
import { decodeText } from "./media-type.js";

/** A request: its parts and its body, which is read whole, are the data. */
export async function fromHttpRequest(request: HttpRequest): Promise<CloudEventV1> {
  const envelope = new Envelope(request, "dev.portico.http.request");
  envelope.carryTime("time", request.time);
  envelope.mention("subject", request.path);
  const { method, url, path, basePath, clientIp, identity, headers } = request;
  const bytes = await request.bytes();
  const facts = {
    method,
    url,
    path,
    basePath,
    params: request.params,
    headers: [...headers.keys()].flatMap((name) => headers.getAll(name).map((line) => [name, line])),
    clientIp,
    identity,
    body: bytes.length === 0 ? undefined : (decodeText(bytes) ?? bytes),
  };
  return envelope.close({ datacontenttype: "application/json", data: toExact(facts) });
}

/** @throws {HandlerError} EVENT_MALFORMED when the data does not hold what a request of ours holds. */
export function toHttpRequest(carried: Carried): HttpRequest {
  const facts = readFacts(carried);
  const source = new CarriedRequest(carried, {
    method: fact(facts, "method", isText),
    url: fact(facts, "url", isText),
    path: fact(facts, "path", isText),
    basePath: fact(facts, "basePath", isText),
    headers: fact(facts, "headers", isLines),
    clientIp: optional(facts, "clientIp", isText),
    identity: optional(facts, "identity", isIdentity),
    body: optional(facts, "body", isBody) ?? null,
  });
  // Whoever carried it read the whole body already.
  return new LazyHttpRequest(source, fact(facts, "params", isTextRecord), undefined, bodyLimit);
}

const bodyLimit = Number.MAX_SAFE_INTEGER;

interface RequestFacts {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly basePath: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly clientIp: string | undefined;
  readonly identity: Identity | undefined;
  readonly body: string | Uint8Array | null;
}

class CarriedRequest implements HttpSource {
  private readonly carried: Carried;
  private readonly facts: RequestFacts;

  constructor(carried: Carried, facts: RequestFacts) {
    this.carried = carried;
    this.facts = facts;
  }

  get native(): unknown {
    return this.carried.native;
  }

  id(): string {
    return this.carried.id;
  }

  origin(): string {
    return this.carried.source;
  }

  time(): Date {
    return this.carried.time;
  }

  method(): string {
    return this.facts.method;
  }

  path(): string {
    return this.facts.path;
  }

  basePath(): string {
    return this.facts.basePath;
  }

  queryString(): string {
    const start = this.facts.url.indexOf("?");
    return start < 0 ? "" : this.facts.url.slice(start + 1);
  }

  scheme(): string {
    return this.facts.url.startsWith("http:") ? "http" : "https";
  }

  host(): string | undefined {
    return /^\w+:\/\/([^/?#]*)/.exec(this.facts.url)?.[1];
  }

  header(name: string): string | undefined {
    return joinLines(name, this.headerLines(name));
  }

  headerLines(name: string): readonly string[] {
    return this.facts.headers.filter(([field]) => field === name).map(([, line]) => line);
  }

  headerEntries(): Iterable<readonly [name: string, value: string]> {
    return this.facts.headers;
  }

  clientIp(): string | undefined {
    return this.facts.clientIp;
  }

  identity(): Identity | undefined {
    return this.facts.identity;
  }

  body(): HttpSourceBody {
    return this.facts.body;
  }
}

const isLines = /* @__PURE__ */ isListOf(/* @__PURE__ */ isPairOf(isText));
const isTexts = /* @__PURE__ */ isListOf(isText);

function isIdentity(value: unknown): value is Identity & Record<string, unknown> {
  if (!isObject(value)) return false;
  const { provider, id, name, issuer, scopes, roles, claims } = value;
  return (
    isText(provider) &&
    isText(id) &&
    (name === undefined || isText(name)) &&
    (issuer === undefined || isText(issuer)) &&
    isTexts(scopes) &&
    isTexts(roles) &&
    isObject(claims)
  );
}
