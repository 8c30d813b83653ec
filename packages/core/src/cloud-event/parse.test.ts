import { describe, expect, test } from "vitest";
import { parseCloudEvents } from "../adapter.js";

const required = { "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "t" };

function parse(headers: Record<string, string>, body: string | Uint8Array = "") {
  return parseCloudEvents({
    headers: (name) => headers[name],
    headerNames: Object.keys(headers),
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
  });
}

const binary = (headers: Record<string, string>, body?: string | Uint8Array) =>
  parse({ ...required, ...headers }, body)[0];
const structured = (event: object) =>
  parse(
    { "content-type": "application/cloudevents+json" },
    JSON.stringify({ specversion: "1.0", id: "1", source: "/s", type: "t", ...event }),
  )[0];

describe("binary mode, beyond the corpus", () => {
  test("a lone percent sign stays, beside others that are decoded", () => {
    expect(binary({ "ce-subject": "50% of 100%25, %zz" })?.subject).toBe("50% of 100%, %zz");
  });

  test("a quote inside an unquoted value stays", () => {
    expect(binary({ "ce-subject": 'a"b' })?.subject).toBe('a"b');
    expect(binary({ "ce-subject": '"a' })?.subject).toBe('"a');
  });

  test("an encoded surrogate is not UTF-8", () => {
    expect(() => binary({ "ce-subject": "%ED%A0%80" })).toThrow(/not valid UTF-8/);
  });

  test("Content-Type is the data's type, whatever ce-datacontenttype says", () => {
    expect(binary({ "content-type": "text/plain", "ce-datacontenttype": "application/json" }, "{}")).toMatchObject({
      datacontenttype: "text/plain",
      data: { kind: "text", text: "{}" },
    });
  });

  test.each(["ce-data", "ce-data_base64", "ce-my-ext", "ce-", "ce-__proto__"])("a header %s is refused", (name) => {
    expect(() => binary({ [name]: "x" })).toThrow(expect.objectContaining({ code: "EVENT_MALFORMED" }));
  });

  test("JSON data keeps the bytes it came in, and any key", () => {
    const sent = '{"__proto__":1, "n": 1.10}';
    const data = binary({ "content-type": "application/json" }, sent)?.data;
    expect(data).toMatchObject({ kind: "json", bytes: new TextEncoder().encode(sent) });
  });

  test.each([
    ["text/plain; charset=iso-8859-1", [0xe9], { kind: "text", text: "é" }],
    ["text/plain", [0xe9], { kind: "bytes" }],
    ["text/plain; charset=martian", [0x61], { kind: "bytes" }],
    ["image/svg+xml", [0x61], { kind: "text", text: "a" }],
    ["text/plain", [], { kind: "text", text: "" }],
    ["application/octet-stream", [], { kind: "bytes" }],
    ["application/json", [], { kind: "none" }],
  ])("%s of %j", (type, bytes, expected) => {
    expect(binary({ "content-type": type }, new Uint8Array(bytes))?.data).toMatchObject(expected);
  });

  test("JSON that is not valid UTF-8 is malformed", () => {
    const broken = () => binary({ "content-type": "application/json" }, new Uint8Array([0x22, 0xff, 0x22]));
    expect(broken).toThrow(expect.objectContaining({ code: "EVENT_MALFORMED" }));
  });
});

describe("structured mode, beyond the corpus", () => {
  test.each([
    "2018-02-30T00:00:00Z",
    "2018-04-05T24:00:00Z",
    "2018-04-05T00:60:00Z",
    "2018-04-05T00:00:61Z",
    "2018-04-05T00:00:00",
    "2018-04-05T00:00:00+24:00",
    "2018-04-05 00:00:00Z",
    "2018-00-05T00:00:00Z",
    "20180405T000000Z",
  ])("%s is no time", (time) => {
    expect(() => structured({ time })).toThrow(/RFC 3339/);
  });

  test.each([1.5, 2 ** 31, -(2 ** 31) - 1, [1], {}])("an extension of the value %j is refused", (value) => {
    expect(() => structured({ ext: value })).toThrow(expect.objectContaining({ code: "EVENT_MALFORMED" }));
  });

  test.each(["__proto__", "Ext", "my_ext", "é", ""])("an extension named %j is refused", (name) => {
    const sent = `{"specversion":"1.0","id":"1","source":"/s","type":"t",${JSON.stringify(name)}:"x"}`;
    expect(() => parse({ "content-type": "application/cloudevents+json" }, sent)).toThrow(/attribute name/);
  });

  test("an object under a type that is not JSON is taken as the value it is", () => {
    expect(structured({ datacontenttype: "application/xml", data: { a: 1 } })?.data).toEqual({
      kind: "json",
      value: { a: 1 },
    });
  });

  test("data: null beside data_base64 is one too many; data_base64: null is absent", () => {
    expect(() => structured({ data: null, data_base64: "AA==" })).toThrow(/both data and data_base64/);
    expect(structured({ data_base64: null })?.data).toEqual({ kind: "none" });
  });

  test("a byte order mark before the document is skipped", () => {
    const sent = `\ufeff${JSON.stringify({ specversion: "1.0", id: "1", source: "/s", type: "t" })}`;
    expect(parse({ "content-type": "application/cloudevents+json" }, sent)).toHaveLength(1);
  });
});

describe("what is no CloudEvent", () => {
  test.each([
    "application/cloudevents",
    "application/cloudevents+protobuf",
    "application/cloudevents-batch",
    "application/cloudeventsx",
  ])("%s is not taken", (type) => {
    expect(() => parse({ ...required, "content-type": type }, "{}")).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_MEDIA_TYPE", status: 415 }),
    );
  });
});
