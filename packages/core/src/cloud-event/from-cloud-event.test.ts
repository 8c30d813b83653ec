import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { cases } from "../../test/random.js";
import { fromParsed, messageFromParsed, parseCloudEvents } from "../adapter.js";
import { fromCloudEvent, HandlerError } from "../index.js";

const event = { specversion: "1.0", id: "1", source: "/s", type: "com.example.a" };
const ours = (kind: string, rest: object) => ({ ...event, type: `dev.portico.${kind}`, ...rest });

test("a foreign type becomes an event, its extensions without a prototype and its time exact", () => {
  const time = "2020-06-30T16:14:47.593398572Z";
  const back = fromCloudEvent({ ...event, time, constructor: "x", count: 5, data: { a: 1 } });
  expect(back).toMatchObject({ kind: "event", type: "com.example.a", timestamp: time, data: { a: 1 } });
  expect(back.time).toEqual(new Date("2020-06-30T16:14:47.593Z"));
  expect(back).toHaveProperty("extensions", Object.assign(Object.create(null), { constructor: "x", count: 5 }));
});

test("an event that was sent without a time has that of arrival, once", () => {
  const back = fromCloudEvent(event);
  expect(Date.now() - back.time.getTime()).toBeLessThan(5000);
  expect(back.time).toBe(back.time);
  expect(back).toHaveProperty("timestamp", undefined);
});

test("a tick and an invocation without data have no payload; with data they have it as it was sent", async () => {
  for (const [kind, none] of [
    ["schedule.tick", null],
    ["invoke.call", undefined],
  ] as const) {
    expect(await fromCloudEvent(ours(kind, {})).json()).toBe(none);
    expect(await fromCloudEvent(ours(kind, { data: { a: 1 } })).json()).toEqual({ a: 1 });
  }
});

describe("the data of an event", () => {
  const read = (data: object) => {
    const back = fromCloudEvent({ ...event, ...data });
    if (back.kind !== "event") throw new Error("expected an event");
    return back;
  };

  test.each([
    ["absent", {}, undefined, "", "BAD_REQUEST"],
    ["null", { data: null }, null, "null", null],
    ["an empty string", { data: "" }, "", '""', ""],
    ["zero", { data: 0 }, 0, "0", 0],
    ["false", { data: false }, false, "false", false],
    ["text", { datacontenttype: "text/plain", data: '{"a":1}' }, '{"a":1}', '{"a":1}', { a: 1 }],
    ["text that is no JSON", { datacontenttype: "text/plain", data: "x" }, "x", "x", "BAD_REQUEST"],
    ["a JSON string", { data: '{"a":1}' }, '{"a":1}', '"{\\"a\\":1}"', '{"a":1}'],
    ["bytes", { data_base64: "WzFd" }, new Uint8Array([0x5b, 0x31, 0x5d]), "[1]", [1]],
  ])("%s", async (_, sent, data, text, json) => {
    const back = read(sent);
    expect(back.data).toEqual(data);
    expect(await back.text()).toBe(text);
    expect(new TextDecoder().decode(await back.bytes())).toBe(text);
    expect(await back.json().catch((error) => error.code)).toEqual(json);
  });

  test("a key that would set a prototype is refused by every reader of values", async () => {
    const back = read({ data: JSON.parse('{"__proto__":{"admin":true}}') });
    expect(() => back.data).toThrow(HandlerError);
    await expect(back.json()).rejects.toMatchObject({ code: "BAD_REQUEST", permanent: true });
    expect(await back.text()).toBe('{"__proto__":{"admin":true}}');
  });

  test("JSON nested deeply is written again where the runtime can, as Node 26 does; else it is the sender's fault", async () => {
    const sent = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const back = read({ data: JSON.parse(sent) });
    const text = await back.text().catch((error) => error.code);
    expect(text === sent || text === "BAD_REQUEST", text.slice(0, 20)).toBe(true);
    const write = vi.spyOn(JSON, "stringify").mockImplementation(() => {
      throw new RangeError("Maximum call stack size exceeded");
    });
    const refused = await back.text().catch((error) => error);
    write.mockRestore();
    expect(refused).toMatchObject({ code: "BAD_REQUEST", permanent: true });
  });
});

test("text of another character set is read by it, and its bytes are as they were sent", async () => {
  const fields = { "ce-id": "1", "ce-source": "/s", "ce-type": "a", "ce-specversion": "1.0" };
  const [parsed] = parseCloudEvents({
    headers: (name) => ({ ...fields, "content-type": "text/plain; charset=iso-8859-1" })[name as keyof typeof fields],
    headerNames: Object.keys(fields),
    body: new Uint8Array([0xe9]),
  });
  const back = fromParsed(parsed!, undefined);
  if (back.kind !== "event") throw new Error("expected an event");
  expect([back.data, await back.text(), [...(await back.bytes())]]).toEqual(["é", "é", [0xe9]]);
});

test.each([
  ["no object", null],
  ["an object event without data", ours("object.created", {})],
  ["data that is a list", ours("object.created", { data: [] })],
  ["an object event without a key", ours("object.created", { data: { bucket: "b", action: "created" } })],
  ["an unknown action", ours("object.moved", { data: { bucket: "b", key: "k", action: "moved" } })],
  ["a size that is text", ours("object.created", { data: { bucket: "b", key: "k", action: "created", size: "1" } })],
  ["a change whose key is no item", ours("change.insert", { data: { table: "t", key: 5, action: "insert" } })],
  ["a request without headers", ours("http.request", { data: { method: "GET", url: "", path: "/", basePath: "" } })],
  ["a key that is not Base64", ours("stream.record", { recordkey: "***" })],
  ["attributes that are no text", ours("queue.message", { porticometa: '{"attributes":{"a":1}}' })],
  ["a payload that is not JSON", ours("invoke.call", { datacontenttype: "text/plain", data: "{bad" })],
  [
    "data that is nested too deeply",
    ours("change.insert", { data: JSON.parse(`${'{"key":'.repeat(50_000)}1${"}".repeat(50_000)}`) }),
  ],
])("%s is malformed", (_, sent) => {
  expect(() => fromCloudEvent(sent)).toThrow(expect.objectContaining({ code: "EVENT_MALFORMED", status: 400 }));
});

test("nothing that looks like an event of ours crashes: it is read, or malformed", () => {
  const kinds = fc.constantFrom(
    "queue.message",
    "topic.message",
    "stream.record",
    "object.created",
    "change.insert",
    "http.request",
  );
  const meta = fc.option(fc.oneof(fc.string(), fc.json()), { nil: undefined });
  fc.assert(
    fc.property(kinds, fc.jsonValue(), meta, fc.jsonValue(), (kind, data, porticometa, sequence) => {
      try {
        fromCloudEvent(ours(kind, { data, porticometa, sequence }));
      } catch (error) {
        expect(error).toMatchObject({ code: "EVENT_MALFORMED" });
      }
    }),
    cases(500),
  );
});

test("any CloudEvent can be a message: its data is the payload, its extensions are attributes", async () => {
  const fields = {
    "ce-id": "1",
    "ce-source": "/s",
    "ce-type": "a",
    "ce-specversion": "1.0",
    "ce-tenant": "acme",
    "ce-partitionkey": "p",
  };
  const [parsed] = parseCloudEvents({
    headers: (name) => ({ ...fields, "content-type": "application/json" })[name as keyof typeof fields],
    headerNames: Object.keys(fields),
    body: new TextEncoder().encode('{"n": 1.10}'),
  });
  const message = messageFromParsed("queue", parsed!, undefined);
  expect(message).toMatchObject({ kind: "queue", groupId: "p", contentType: "application/json" });
  expect({ ...message.attributes }).toEqual({ tenant: "acme" });
  expect(await message.text()).toBe('{"n": 1.10}');
});
