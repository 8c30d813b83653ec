import { HandlerError } from "@portico/core";

/** UTF-8 bytes that all providers take for a key, their prefix included. */
const longest = 1024;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
const control = /[\u0000-\u001f\u007f\ufffe\uffff]/;

/**
 * The provider's full key of an object to be created: behind the prefix, and one that means the same to every provider, to every proxy on
 * the way, and to a file system.
 *
 * @throws {HandlerError} INPUT_INVALID when it is not such a key.
 */
export function toNewKey(key: string, prefix: string): string {
  const full = toFullKey(key, prefix);
  const problem = problemOf(key, full);
  if (problem === undefined) return full;
  throw refuse(
    key,
    problem,
    "New keys are checked alike for all providers, so that what works on one works on the others.",
  );
}

/**
 * The provider's full key of an object that may exist: others have named it, by rules of their own.
 *
 * @throws {HandlerError} INPUT_INVALID when no object can have it.
 */
export function toFullKey(key: string, prefix: string): string {
  if (typeof key !== "string") throw refuse(key, "it is not a string");
  if (key === "") throw refuse(key, "it is empty");
  if (!key.isWellFormed()) throw refuse(key, "it is not well-formed Unicode");
  const full = prefix + key;
  if (full.length <= longest) return full;
  throw refuse(key, `with its prefix it has ${full.length} characters, and ${longest} are the most`);
}

/** Whether a full key, its dots resolved as those of a URL, would be no longer behind the prefix, or the bucket itself. */
export function leadsOut(full: string, prefix: string): boolean {
  const path: string[] = [];
  for (const segment of full.split("/")) {
    if (segment === "..") {
      if (path.pop() === undefined) return true;
    } else if (segment !== ".") path.push(segment);
  }
  const resolved = path.join("/");
  return resolved === "" || !`${resolved}/`.startsWith(prefix);
}

function refuse(key: unknown, problem: string, hint?: string): HandlerError {
  return new HandlerError("INPUT_INVALID", `The object key ${show(key)} cannot be used: ${problem}.`, {
    hint,
    publicMessage: `The object's key cannot be used: ${problem}.`,
  });
}

function problemOf(key: string, full: string): string | undefined {
  if (control.test(key)) return "it has control characters";
  if (key.startsWith("/")) return "it begins with a slash";
  if (key.includes("\\")) return "it has a backslash";
  for (const segment of key.split("/")) {
    if (segment === "." || segment === "..") return `it has the segment "${segment}"`;
    if (segment.endsWith(".")) return "a segment of it ends with a dot";
  }
  const length = new TextEncoder().encode(full).byteLength;
  return length > longest ? `with its prefix it has ${length} bytes, and ${longest} are the most` : undefined;
}

function show(key: unknown): string {
  return typeof key === "string" ? JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}…` : key) : String(typeof key);
}

/**
 * The provider's prefix for a list. It is part of a key, so that less can be wrong with it.
 *
 * @throws {HandlerError} INPUT_INVALID when no key can begin with it.
 */
export function toFullPrefix(given: string, prefix: string): string {
  if (typeof given === "string" && given.isWellFormed()) return prefix + given;
  throw new HandlerError("INPUT_INVALID", `The prefix ${show(given)} cannot be used: no key begins with it.`, {
    publicMessage: "The prefix cannot be used: no key begins with it.",
  });
}

/** Compares by UTF-8 bytes, as S3 and Cloud Storage order their lists; UTF-16 would put surrogate pairs elsewhere. */
export function compareKeys(one: string, two: string): number {
  for (let index = 0; index < one.length && index < two.length; index += 1) {
    const [a, b] = [one.charCodeAt(index), two.charCodeAt(index)];
    if (a !== b) return rank(a) - rank(b);
  }
  return one.length - two.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2000 : unit >= 0xe000 ? unit - 0x800 : unit;
}
