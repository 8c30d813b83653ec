import { expect, test } from "vitest";
import type { ChangeEvent } from "./change.js";
import { actionOfChange, keyOfChange, textKeyOfChange } from "./change-key.js";

const event = {
  action: "upsert",
  key: { id: "o-1" },
  after: { id: "o-1", sku: "mug", line: 7 },
} as unknown as ChangeEvent;
const refused = (field: string) =>
  expect.objectContaining({ code: "EVENT_UNENCODABLE", details: expect.objectContaining({ field }) });

test("a change's key is its own, or that of the named attributes, or what a function makes of it", () => {
  expect(keyOfChange("A table", event, {})).toEqual({ id: "o-1" });
  expect(keyOfChange("A table", event, { keys: ["sku", "id"] })).toEqual({ sku: "mug", id: "o-1" });
  expect(keyOfChange("A table", event, { keys: ({ key }) => ({ order: String(key.id) }) })).toEqual({ order: "o-1" });
});

test("a key that is empty, or lacks a named attribute, is refused", () => {
  expect(() => keyOfChange("A table", { ...event, key: {} }, {})).toThrow(refused("key"));
  expect(() => keyOfChange("A table", event, { keys: ["tenant"] })).toThrow(refused("key"));
});

test("a key is one text of its texts and whole numbers, and of nothing else", () => {
  expect(textKeyOfChange("A table", event, { keys: ["sku", "line"] })).toBe("mug|7");
  expect(textKeyOfChange("A table", { ...event, key: { id: 12345678901234567890n } }, {})).toBe("12345678901234567890");
  for (const id of ["", 1.5, null, true, []]) {
    expect(() => textKeyOfChange("A table", { ...event, key: { id } }, {})).toThrow(refused("key.id"));
  }
});

test("keys that would make the same text are refused, and not taken for one another", () => {
  const key = (values: Readonly<Record<string, string>>) => textKeyOfChange("A table", { ...event, key: values }, {});
  expect(() => key({ tenant: "a|b", id: "c" })).toThrow(refused("key.tenant"));
  expect(() => key({ tenant: "a", id: "b|c" })).toThrow(refused("key.id"));
  expect(key({ id: "b|c" })).toBe("b|c");
});

test("an upsert is what the option says, by itself or by the event, and else refused; other actions are themselves", () => {
  expect(actionOfChange("A table", event, { upsertAs: "update" })).toBe("update");
  expect(actionOfChange("A table", event, { upsertAs: ({ before }) => (before ? "update" : "insert") })).toBe("insert");
  expect(() => actionOfChange("A table", event, {})).toThrow(refused("action"));
  expect(() => actionOfChange("A table", event, { upsertAs: "delete" as never })).toThrow(refused("action"));
  expect(actionOfChange("A table", { ...event, action: "delete" }, {})).toBe("delete");
});
