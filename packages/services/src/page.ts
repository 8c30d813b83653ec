import type { ObjectEntry, ObjectPage } from "@portico/core";
import { StoreFailure } from "./failure.js";
import { compareKeys } from "./key.js";
import type { Listing } from "./provider.js";

/** One page of keys that are all at hand; the facts are asked for of those on the page alone, and those that are gone are left out. */
export async function toPage<T extends { readonly key: string }>(
  all: readonly T[],
  { prefix, delimiter, limit, after }: Omit<Listing, "signal">,
  describe: (one: T) => ObjectEntry | undefined | Promise<ObjectEntry | undefined>,
): Promise<ObjectPage> {
  const passed = after === undefined ? undefined : decode(after);
  const found = all
    .filter(({ key }) => key.startsWith(prefix) && !isPassed(key, passed))
    .sort((one, two) => compareKeys(one.key, two.key));
  const objects: ObjectEntry[] = [];
  const prefixes: string[] = [];
  let last: Mark | undefined;
  for (const one of found) {
    const end = delimiter === undefined ? -1 : one.key.indexOf(delimiter, prefix.length);
    const rolled = end < 0 ? undefined : one.key.slice(0, end + (delimiter as string).length);
    if (rolled !== undefined && rolled === prefixes.at(-1)) continue;
    if (objects.length + prefixes.length === limit) return { objects, prefixes, next: last && encode(last) };
    if (rolled === undefined) {
      const entry = await describe(one);
      if (entry) objects.push(entry);
      last = { key: one.key };
    } else {
      prefixes.push(rolled);
      last = { prefix: rolled };
    }
  }
  return { objects, prefixes, next: undefined };
}

/** Where a page ended: at a key, or behind all that a prefix rolls up. */
type Mark =
  | { readonly key: string; readonly prefix?: undefined }
  | { readonly prefix: string; readonly key?: undefined };

function isPassed(key: string, mark: Mark | undefined): boolean {
  if (mark === undefined) return false;
  if (mark.prefix !== undefined) return key.startsWith(mark.prefix) || compareKeys(key, mark.prefix) < 0;
  return compareKeys(key, mark.key) <= 0;
}

function encode(mark: Mark): string {
  return Buffer.from(JSON.stringify(mark)).toString("base64url");
}

function decode(token: string): Mark {
  try {
    const mark = JSON.parse(Buffer.from(token, "base64url").toString()) as Mark;
    if (typeof (mark.key ?? mark.prefix) === "string") return mark;
  } catch {
    // Below.
  }
  throw new StoreFailure("AFTER", "no page gave it");
}
