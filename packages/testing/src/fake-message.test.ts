import { ack, queue, stream } from "@portico/core";
import { describe, expect, test } from "vitest";
import { fake } from "./fake.js";

const refused = (text: string) =>
  expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(text) });

describe("a fake message", () => {
  test("has a payload as JSON, text or bytes, read as in production", async () => {
    const message = fake.queue({ json: { sku: "ä" } });
    expect(await message.json()).toEqual({ sku: "ä" });
    expect(await message.text()).toBe('{"sku":"ä"}');
    expect(await fake.topic({ text: "\ufeffplain" }).text()).toBe("plain");
    expect(await fake.stream({ bytes: Uint8Array.of(0, 255) }).bytes()).toEqual(Uint8Array.of(0, 255));
    expect(await fake.queue({ json: null }).json()).toBeNull();
    expect(await fake.queue().json()).toEqual({});
  });

  test("with a payload that is not JSON is dead-lettered, as when it is deployed", async () => {
    const parses = queue("orders").handle(async (message) => {
      await message.json();
      return ack();
    });
    const unread = { outcome: "deadLetter", reason: expect.stringContaining("BAD_REQUEST") };
    expect(await parses(fake.queue({ text: "{bad" }), fake.context())).toMatchObject(unread);
    expect(await parses(fake.queue({ text: '{"__proto__":1}' }), fake.context())).toMatchObject(unread);
  });

  test("leaves undefined what its sender did not set", () => {
    const { attributes, ...message } = { ...fields(fake.queue()) };
    expect(message).toEqual({
      kind: "queue",
      source: "fake-queue",
      time: new Date("2026-01-01T00:00:00Z"),
      contentType: undefined,
      correlationId: undefined,
      subject: undefined,
      replyTo: undefined,
      attempt: undefined,
      groupId: undefined,
      sequence: undefined,
    });
    expect(Object.keys(attributes)).toEqual([]);
    expect("toString" in attributes).toBe(false);
  });

  test("has what it is given", () => {
    const given = {
      source: "orders",
      time: new Date(5),
      contentType: "application/json",
      correlationId: "c",
      subject: "s",
      replyTo: "r",
      attempt: 2,
      groupId: "g",
      sequence: "9",
    };
    expect(fields(fake.topic({ ...given, attributes: { tenant: "acme" } }))).toEqual({
      kind: "topic",
      ...given,
      attributes: { tenant: "acme" },
    });
  });

  test("is another message each time, and the same with the same seed or id", () => {
    expect(fake.queue().id).not.toBe(fake.queue().id);
    expect(fake.queue({ json: 1 }).id).not.toBe(fake.queue({ json: 1 }).id);
    expect(fake.queue({ seed: 7 }).id).toBe(fake.queue({ seed: 7 }).id);
    expect(fake.queue({ seed: "a" }).id).not.toBe(fake.queue({ seed: "b" }).id);
    expect(fake.queue({ seed: 7 }).id).not.toBe(fake.topic({ seed: 7 }).id);
    expect(fake.queue({ seed: 7 }).id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(fake.queue({ id: "42" }).id).toBe("42");
    const many = Array.from({ length: 20_000 }, (_, seed) => fake.queue({ seed }).id);
    expect(new Set(many).size).toBe(20_000);
  });

  test("keeps its id when it is read again", () => {
    const message = fake.queue();
    expect(message.id).toBe(message.id);
    expect(message.native).toEqual({});
  });

  test("of a stream stands in the order in which it is made, and may be a tombstone", async () => {
    const [one, two] = [fake.stream(), fake.stream()];
    expect(BigInt(two.sequence)).toBeGreaterThan(BigInt(one.sequence));
    expect(fake.stream({ seed: 12 }).sequence).toBe("12");
    expect(fake.stream({ seed: "a" }).sequence).toMatch(/^\d+$/);
    expect(one).toMatchObject({ kind: "stream", partition: "0", headers: [], tombstone: false });
    const gone = fake.stream({
      tombstone: true,
      key: Buffer.from("k"),
      partitionKey: "k",
      headers: [["a", Uint8Array.of(1)]],
    });
    expect(await gone.bytes()).toHaveLength(0);
    expect(gone).toMatchObject({ tombstone: true, partitionKey: "k", headers: [["a", Uint8Array.of(1)]] });
    const counts = stream("clicks").handle(({ partition }) => void partition);
    expect(await counts(one)).toEqual(ack());
  });

  test("that cannot be made says what is wrong", () => {
    expect(() => fake.queue({ json: {}, text: "x" })).toThrow(refused("both json and text"));
    expect(() => fake.queue({ json: 1n })).toThrow(refused("no JSON form"));
    expect(() => fake.queue({ json: () => 1 })).toThrow(refused("no JSON form"));
    expect(() => fake.queue({ jsn: {} } as object)).toThrow(refused('has no "jsn"'));
    expect(() => fake.queue({ attempt: 0 })).toThrow(refused("a whole number from 1 is wanted"));
    expect(() => fake.queue({ time: new Date("x") })).toThrow(refused("a valid Date is wanted"));
    expect(() => fake.queue({ id: "" })).toThrow(refused("not empty"));
    expect(() => fake.queue({ attributes: { n: 1 } as never })).toThrow(refused("texts by name"));
    expect(() => fake.queue({ seed: -1 })).toThrow(refused("seed"));
    expect(() => fake.queue(null as never)).toThrow(refused("null is given"));
    expect(() => fake.stream({ headers: [["a"]] as never })).toThrow(refused("pairs"));
    expect(() => fake.stream({ constructor: 1 } as never)).toThrow(refused('has no "constructor"'));
  });
});

function fields(message: ReturnType<typeof fake.queue> | ReturnType<typeof fake.topic>) {
  const { kind, source, time, attributes, contentType, correlationId, subject, replyTo, attempt } = message;
  const { groupId, sequence } = message;
  return {
    kind,
    source,
    time,
    attributes,
    contentType,
    correlationId,
    subject,
    replyTo,
    attempt,
    groupId,
    sequence,
  };
}
