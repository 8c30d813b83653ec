import { ack, event, fromCloudEvent, toCloudEvent } from "@portico/core";
import { describe, expect, test } from "vitest";
import { fake } from "./fake.js";

const refused = expect.objectContaining({ code: "CONFIG_INVALID" });

describe("a fake event", () => {
  test("has data as JSON, text or bytes, or none, with the type that says so", async () => {
    expect(fake.event({ json: { a: 1 } })).toMatchObject({ data: { a: 1 }, datacontenttype: "application/json" });
    expect(fake.event({ text: "a" })).toMatchObject({ data: "a", datacontenttype: "text/plain" });
    const binary = fake.event({ bytes: Uint8Array.of(255) });
    expect(binary).toMatchObject({ data: Uint8Array.of(255), datacontenttype: "application/octet-stream" });
    expect(fake.event({ text: "<a/>", datacontenttype: "application/xml" }).data).toBe("<a/>");
    expect(fake.event().data).toBeUndefined();
    expect(fake.event().datacontenttype).toBeUndefined();
    await expect(fake.event().json()).rejects.toMatchObject({ code: "BAD_REQUEST" });
    expect(await fake.event({ json: null }).json()).toBeNull();
  });

  test("has the attributes it is given, and passes a filter by them", async () => {
    const made = fake.event({
      type: "order.created",
      source: "/orders",
      subject: "7",
      time: "2026-01-01T00:00:00.123456789Z",
      dataschema: "urn:order",
      extensions: { tenant: "acme", priority: 3 },
    });
    expect(made).toMatchObject({ timestamp: "2026-01-01T00:00:00.123456789Z", subject: "7", dataschema: "urn:order" });
    expect(made.extensions).toEqual({ tenant: "acme", priority: 3 });
    const orders = event({ types: "order.*", sources: "/orders" }).handle(() => ack());
    expect(await orders(made)).toEqual(ack());
    expect(await orders(fake.event())).toMatchObject({ outcome: "drop" });
  });

  test("survives the way into a CloudEvent and back", async () => {
    const made = fake.event({ json: { a: [1] }, extensions: { tenant: "acme" } });
    expect(fromCloudEvent(await toCloudEvent(made))).toMatchObject({ id: made.id, data: { a: [1] }, kind: "event" });
  });

  test("is another event each time, and the same with the same seed", () => {
    expect(fake.event().id).not.toBe(fake.event().id);
    expect(fake.event({ seed: "a" }).id).toBe(fake.event({ seed: "a" }).id);
  });

  test("that breaks a rule of CloudEvents says which", () => {
    expect(() => fake.event({ extensions: { "Bad-Name": "x" } })).toThrow(/attribute name "Bad-Name"/);
    expect(() => fake.event({ time: "yesterday" })).toThrow(/RFC 3339/);
    expect(() => fake.event({ dataschema: "not a uri" })).toThrow(refused);
    expect(() => fake.event({ json: {}, bytes: Uint8Array.of(1) })).toThrow(refused);
    expect(() => fake.event({ type: "" })).toThrow(refused);
    expect(() => fake.event({ data: {} } as object)).toThrow(/has no "data"/);
  });
});
