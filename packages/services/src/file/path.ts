import { createHash } from "node:crypto";
import { join } from "node:path";

/** Characters of an encoded segment that file systems take for sure; a longer one is cut, and told apart by a hash. */
const longest = 200;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const slash = "%2F";
const empty = "%";

/**
 * Where an object is kept, below the root. A key's folders end with `%2F`, its slash, so that the objects `a` and `a/b` can both be; all
 * that has a meaning to some file system is percent-encoded, and nothing of a key can lead out of the root.
 */
export function toPath(root: string, key: string): string {
  const segments = key.split("/");
  const name = segments.pop() as string;
  return join(root, ...segments.map((segment) => encode(segment) + slash), encode(name) || empty);
}

function encode(segment: string): string {
  const plain = encodeURIComponent(segment).replace(/[!'()*~]/g, hex);
  if (/^\.\.?$/.test(plain)) return plain.replaceAll(".", "%2E");
  // Windows takes a dot off the end of a name.
  const named = plain.replace(/\.$/, "%2E");
  const encoded = reserved.test(named) ? hex(named.charAt(0)) + named.slice(1) : named;
  if (encoded.length <= longest) return encoded;
  const start = encoded.slice(0, longest / 2).replace(/%.?$/, "");
  return `${start}~${createHash("sha256").update(segment).digest("hex")}`;
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** The key behind a path below the root, with `/` between its parts; undefined where it was cut, and the file itself has to tell. */
export function fromPath(path: string): string | undefined {
  if (path.includes("~")) return undefined;
  try {
    const parts = path.split("/").map((part) => (part === empty ? "" : decodeURIComponent(part)));
    return parts.join("");
  } catch {
    // A name that somebody else has given.
    return undefined;
  }
}
