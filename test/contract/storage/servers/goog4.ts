import { createHash, createVerify } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * Whether a signed URL holds: its time, and its signature by this key. Written from Google's description of the V4 process.
 *
 * @see https://cloud.google.com/storage/docs/authentication/canonical-requests
 */
export function holds(request: IncomingMessage, publicKey: string): boolean {
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const parameters = new URLSearchParams(query);
  const get = (name: string) => parameters.get(`X-Goog-${name}`) ?? "";
  const date = get("Date");
  const signedAt = Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Date.now() <= signedAt + Number(get("Expires")) * 1000)) return false;
  const names = get("SignedHeaders").split(";");
  // Google's hosts have no port, and the SDK signs the name alone.
  const sent: Readonly<Record<string, unknown>> = { ...request.headers, host: request.headers.host?.split(":")[0] };
  const headers = names.map((name) => `${name}:${String(sent[name] ?? "").trim()}\n`).join("");
  const sorted = query
    .split("&")
    .filter((pair) => !pair.startsWith("X-Goog-Signature="))
    .sort()
    .join("&");
  const canonical = [request.method, path, sorted, headers, names.join(";"), "UNSIGNED-PAYLOAD"].join("\n");
  const scope = get("Credential").split("/").slice(1).join("/");
  const hash = createHash("sha256").update(canonical).digest("hex");
  const text = ["GOOG4-RSA-SHA256", date, scope, hash].join("\n");
  return createVerify("RSA-SHA256")
    .update(text)
    .verify(publicKey, Buffer.from(get("Signature"), "hex"));
}
