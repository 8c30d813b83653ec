import type { CloudEvent, CloudEventAttribute } from "@portico/core";
import { fromStructured, LazyCloudEvent, type ParsedCloudEvent } from "@portico/core/adapter";
import { checkInit, filled, isObject, type Rule, seed, wrong } from "./fake-check.js";
import { checkOnePayload, type FakePayloadInit, payloadRules, toJsonValue } from "./fake-payload.js";
import { Draw, fakeTime, nextSeed, type Seed } from "./seed.js";

/** What a fake CloudEvent is made of. An event need not have data: without `json`, `text` and `bytes` it has none. */
export interface FakeEventInit extends FakePayloadInit {
  /** The data: any value with a JSON form. */
  readonly json?: unknown;
  /** Default: a UUID made of the seed. */
  readonly id?: string | undefined;
  /** A URI-reference. Default: `/fake`. */
  readonly source?: string | undefined;
  /** Default: `com.example.fake`. */
  readonly type?: string | undefined;
  /** A Date, or RFC 3339 with as many digits as the sender likes. Default: the start of 2026. */
  readonly time?: Date | string | undefined;
  readonly subject?: string | undefined;
  /** Default: `application/json`, `text/plain` or `application/octet-stream`, as the data is; undefined without data. */
  readonly datacontenttype?: string | undefined;
  /** An absolute URI. */
  readonly dataschema?: string | undefined;
  readonly extensions?: Readonly<Record<string, CloudEventAttribute>> | undefined;
  /** What the id is made of. Default: another one for each fake. */
  readonly seed?: Seed | undefined;
}

const attributes: Rule = { wanted: "an object of attributes by name", fits: isObject };
const time: Rule = { wanted: "a Date or a text", fits: (value) => value instanceof Date || typeof value === "string" };
const rules = {
  ...payloadRules,
  id: filled,
  source: filled,
  type: filled,
  time,
  subject: filled,
  datacontenttype: filled,
  dataschema: filled,
  extensions: attributes,
  seed,
};

/**
 * A CloudEvent, read by the same code as in production, and checked by the rules of the specification.
 *
 * @throws {HandlerError} CONFIG_INVALID when it breaks a rule of CloudEvents, has two kinds of data, or a field that no event has.
 */
export function fakeEvent(init: FakeEventInit = {}): CloudEvent {
  checkInit("fake event", init, rules);
  checkOnePayload("fake event", init);
  return new LazyCloudEvent(parse(init), init);
}

function parse(init: FakeEventInit): ParsedCloudEvent {
  const { source = "/fake", type = "com.example.fake", subject, dataschema, extensions } = init;
  const id = init.id ?? new Draw("event", init.seed ?? nextSeed()).uuid();
  const sent = init.time ?? fakeTime;
  try {
    const written = typeof sent === "string" ? sent : sent.toISOString();
    const own = { specversion: "1.0", id, source, type, subject, time: written, dataschema };
    return fromStructured({ ...extensions, ...own, ...toData(init) });
  } catch (cause) {
    throw Object.assign(wrong(`A fake event cannot be made: ${(cause as Error).message}`), { cause });
  }
}

function toData({ json, text, bytes, datacontenttype }: FakeEventInit): Readonly<Record<string, unknown>> {
  if (bytes !== undefined)
    return {
      datacontenttype: datacontenttype ?? "application/octet-stream",
      data_base64: Buffer.from(bytes).toString("base64"),
    };
  if (text !== undefined) return { datacontenttype: datacontenttype ?? "text/plain", data: text };
  if (json === undefined) return { datacontenttype };
  return { datacontenttype: datacontenttype ?? "application/json", data: toJsonValue("fake event", json) };
}
