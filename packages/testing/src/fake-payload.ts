import type { Buffered } from "@portico/core/adapter";
import { any, bytes, text, wrong } from "./fake-check.js";

/** The ways to give a fake event a payload: at most one of them. */
export interface FakePayloadInit {
  /** Any value with a JSON form. Default, where nothing else is given: `{}`. */
  readonly json?: unknown;
  /** The exact text. */
  readonly text?: string | undefined;
  /** The exact bytes. */
  readonly bytes?: Uint8Array | undefined;
}

export const payloadRules = { json: any, text, bytes };

/** @throws {HandlerError} CONFIG_INVALID when more than one payload is given, or `json` has no JSON form. */
export function toPayload(what: string, given: FakePayloadInit): Buffered {
  checkOnePayload(what, given);
  return given.text ?? given.bytes ?? toJsonText(what, given.json ?? (given.json === null ? null : {}));
}

/** @throws {HandlerError} CONFIG_INVALID when there is more than one. */
export function checkOnePayload(what: string, { json, text, bytes }: FakePayloadInit): void {
  const given = Object.entries({ json, text, bytes }).filter(([, value]) => value !== undefined);
  if (given.length < 2) return;
  throw wrong(`A ${what} has one payload, and both ${given.map(([name]) => name).join(" and ")} are given.`);
}

/** @throws {HandlerError} CONFIG_INVALID when the value has no JSON form. */
export function toJsonText(what: string, json: unknown): string {
  try {
    const written: string | undefined = JSON.stringify(json);
    if (written !== undefined) return written;
  } catch (cause) {
    throw Object.assign(wrong(`The json of a ${what} has no JSON form.`), { cause });
  }
  throw wrong(`The json of a ${what} has no JSON form.`);
}

/** The value that a reader gets of JSON: a copy, with what JSON makes of dates and the like. */
export function toJsonValue(what: string, json: unknown): unknown {
  return JSON.parse(toJsonText(what, json));
}
