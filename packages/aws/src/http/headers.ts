import type { HttpReplyHeaders } from "@portico/core";
import { jsonHeaders } from "@portico/core/adapter";

/** One line per name as it is, several lines in `multiValueHeaders`: where a name is in both, API Gateway takes the latter. */
export function splitHeaders(fields: HttpReplyHeaders): {
  headers: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
} {
  const headers: Record<string, string> = {};
  let multiValueHeaders: Record<string, string[]> | undefined;
  for (const name of Object.keys(fields)) {
    const value = fields[name] as string | string[];
    if (typeof value === "string") headers[name] = value;
    else {
      multiValueHeaders ??= {};
      multiValueHeaders[name] = value;
    }
  }
  return multiValueHeaders ? { headers, multiValueHeaders } : { headers };
}

/** All lines joined; cookies apart, since `Expires` has a comma. */
export function joinHeaders(fields: HttpReplyHeaders): { headers: Record<string, string>; cookies?: string[] } {
  const headers: Record<string, string> = {};
  let cookies: string[] | undefined;
  for (const name of Object.keys(fields)) {
    const value = fields[name] as string | string[];
    if (name === "set-cookie") cookies = typeof value === "string" ? [value] : value;
    else headers[name] = typeof value === "string" ? value : value.join(", ");
  }
  return cookies ? { headers, cookies } : { headers };
}

/** Whether there is one line for each name, and no cookie: then a copy is all that is needed. */
export function isSingle(fields: HttpReplyHeaders): fields is Record<string, string> {
  if (fields === jsonHeaders) return true;
  for (const name in fields) if (typeof fields[name] !== "string" || name === "set-cookie") return false;
  return true;
}

/** A list for every name. */
export function listHeaders(fields: HttpReplyHeaders): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name] as string | string[];
    lists[name] = typeof value === "string" ? [value] : value;
  }
  return lists;
}

/**
 * One line per name, where there is no room for more. Further cookies go under other spellings of the name, `Set-cookie`, `sEt-cookie`,
 * up to 512 of them: clients do not tell them apart, and joined to one line they would be lost.
 */
export function singleHeaders(fields: HttpReplyHeaders): Record<string, string> {
  const { headers, cookies = [] } = joinHeaders(fields);
  for (const [index, cookie] of cookies.entries()) headers[spell(index)] = cookie;
  return headers;
}

/** The n-th spelling of `set-cookie`: the bits of n say which letters are capitals. */
function spell(index: number): string {
  let bit = 1;
  return "set-cookie".replace(/[a-z]/g, (letter) => {
    const capital = index & bit;
    bit *= 2;
    return capital ? letter.toUpperCase() : letter;
  });
}
