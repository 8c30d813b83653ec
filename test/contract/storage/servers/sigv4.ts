import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

const sha256 = (text: string | Uint8Array) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

interface Claim {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: string;
  readonly payload: string;
}

/**
 * Why a request's signature does not hold, in S3's own words; undefined where it does. Written from AWS's description of version 4.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureProblem(request: IncomingMessage, secret: string, body: Uint8Array): string | undefined {
  const url = new URL(request.url ?? "/", "http://host");
  const presigned = url.searchParams.has("X-Amz-Signature");
  const claim = presigned ? fromQuery(url) : fromHeader(request);
  if (claim === undefined) return "AccessDenied";
  if (presigned) {
    const signedAt = Date.parse(claim.date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
    if (Date.now() > signedAt + Number(url.searchParams.get("X-Amz-Expires")) * 1000) return "AccessDenied";
  } else if (/^[\da-f]{64}$/.test(claim.payload) && claim.payload !== sha256(body)) return "XAmzContentSHA256Mismatch";
  // All of x-amz-* has to be signed: else somebody on the way could add to it.
  const loose = Object.keys(request.headers).filter(
    (name) => name.startsWith("x-amz-") && !claim.signedHeaders.includes(name),
  );
  if (loose.length > 0) return "AccessDenied";
  const [, day = "", region = "", service = ""] = claim.credential.split("/");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", claim.date, scope, sha256(canonical(request, url, claim))].join("\n");
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), "aws4_request");
  const expected = hmac(key, text);
  const given = Buffer.from(claim.signature, "hex");
  const same = given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
  return same ? undefined : "SignatureDoesNotMatch";
}

function canonical(request: IncomingMessage, url: URL, { signedHeaders, payload }: Claim): string {
  const query = [...url.searchParams]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const headers = signedHeaders
    .map(
      (name) =>
        `${name}:${String(request.headers[name] ?? "")
          .trim()
          .replace(/ +/g, " ")}\n`,
    )
    .join("");
  // As it was sent: S3 does not encode the path again.
  const path = (request.url ?? "/").split("?")[0];
  return [request.method, path, query, headers, signedHeaders.join(";"), payload].join("\n");
}

function fromQuery({ searchParams }: URL): Claim {
  const get = (name: string) => searchParams.get(`X-Amz-${name}`) ?? "";
  return {
    credential: get("Credential"),
    signedHeaders: get("SignedHeaders").split(";"),
    signature: get("Signature"),
    date: get("Date"),
    payload: searchParams.get("X-Amz-Content-Sha256") ?? "UNSIGNED-PAYLOAD",
  };
}

function fromHeader({ headers }: IncomingMessage): Claim | undefined {
  const pattern = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([\da-f]+)$/;
  const [, credential, signedHeaders, signature] = pattern.exec(headers.authorization ?? "") ?? [];
  if (credential === undefined || signedHeaders === undefined || signature === undefined) return undefined;
  return {
    credential,
    signedHeaders: signedHeaders.split(";"),
    signature,
    date: String(headers["x-amz-date"]),
    payload: String(headers["x-amz-content-sha256"]),
  };
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
