import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsedCloudEvent } from "../../test/events.js";
import { cases } from "../../test/random.js";
import { LazyCloudEvent, type ParsedCloudEvent, parseCloudEvents, toHttp, toHttpBatch } from "../adapter.js";
import { type CloudEventV1, HandlerError, toCloudEvent } from "../index.js";
import { toBuffered } from "../kinds/cloud-event.js";
import { toBytes } from "../payload.js";
import { fromStructured } from "./structured.js";
import type { CloudEventHttp } from "./to-http.js";

const event: CloudEventV1 = { specversion: "1.0", id: "1", source: "/s", type: "t" };

function parse({ headers, body }: CloudEventHttp): readonly ParsedCloudEvent[] {
  // As over a wire: names in any case, values trimmed, and no character outside of ASCII.
  for (const value of Object.values(headers)) expect(value).toMatch(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$|^$/);
  return parseCloudEvents({
    headers: (name) => headers[name],
    headerNames: Object.keys(headers).map((name) => name.toUpperCase()),
    body,
  });
}

/** What binary mode leaves of an event: text of extensions, data by its bytes, an implied type said. */
function asBinary(parsed: ParsedCloudEvent) {
  const { data, extensions, datacontenttype, ...attributes } = parsed;
  const texts = Object.fromEntries(Object.entries(extensions).map(([name, value]) => [name, String(value)]));
  const implied = data.kind === "json" ? "application/json" : undefined;
  return {
    ...attributes,
    extensions: texts,
    datacontenttype: datacontenttype ?? implied,
    bytes: toBytes(toBuffered(data)),
  };
}

describe("CloudEvents over HTTP and back", () => {
  test("structured mode carries everything", async () => {
    await fc.assert(
      fc.asyncProperty(parsedCloudEvent, async (parsed) => {
        const cloudEvent = await toCloudEvent(new LazyCloudEvent(parsed, undefined));
        expect(parse(toHttp(cloudEvent, "structured"))).toEqual([
          fromStructured(JSON.parse(JSON.stringify(cloudEvent))),
        ]);
      }),
      cases(400),
    );
  });

  test("binary mode carries the same attributes and data, or refuses", async () => {
    let carried = 0;
    // Most can be carried, however many are drawn.
    const { numRuns: enough } = cases(150);
    await fc.assert(
      fc.asyncProperty(parsedCloudEvent, async (parsed) => {
        const cloudEvent = await toCloudEvent(new LazyCloudEvent(parsed, undefined));
        let http: CloudEventHttp;
        try {
          http = toHttp(cloudEvent, "binary");
        } catch (error) {
          expect(error).toMatchObject({ code: "EVENT_UNENCODABLE", permanent: true });
          return;
        }
        // Bytes that are declared as JSON and are none are not the encoder's to judge.
        const isBroken = parsed.data.kind === "bytes" && parsed.datacontenttype === "application/json";
        if (isBroken) return;
        expect(parse(http).map(asBinary)).toEqual([asBinary(fromStructured(cloudEvent))]);
        carried++;
      }),
      cases(600),
    );
    expect(carried).toBeGreaterThan(enough);
  });

  test("a batch keeps order", () => {
    const batch = ["1", "2", "3"].map((id) => ({ ...event, id }));
    expect(parse(toHttpBatch(batch)).map(({ id }) => id)).toEqual(["1", "2", "3"]);
    expect(parse(toHttpBatch([]))).toEqual([]);
  });

  test("the example of the specification is encoded as it says", () => {
    const { headers } = toHttp({ ...event, subject: "Euro € 😀", traceparent: '"100%"' }, "binary");
    expect(headers).toEqual({
      "ce-specversion": "1.0",
      "ce-id": "1",
      "ce-source": "/s",
      "ce-type": "t",
      "ce-subject": "Euro%20%E2%82%AC%20%F0%9F%98%80",
      "ce-traceparent": "%22100%25%22",
    });
  });

  test.each([
    ["text that no UTF-8 holds", { subject: "\ud800" }],
    ["a JSON value of another type", { datacontenttype: "text/plain", data: 5 }],
    ["text of another character set", { datacontenttype: "text/plain; charset=iso-8859-1", data: "é" }],
    ["absent data of a type that may be empty", { datacontenttype: "text/plain" }],
    ["empty bytes that would be absent", { data_base64: "" }],
    ["broken Base64", { data_base64: "***" }],
    ["a type that says structured mode", { datacontenttype: "application/cloudevents+json", data: {} }],
    ["a type with a line break", { datacontenttype: "text/plain\r\nx: y", data: "a" }],
  ])("binary mode refuses %s", (_, rest) => {
    let thrown: unknown;
    try {
      toHttp({ ...event, ...rest }, "binary");
    } catch (error) {
      thrown = error;
    }
    expect(HandlerError.is(thrown) && thrown.code).toBe("EVENT_UNENCODABLE");
  });
});
