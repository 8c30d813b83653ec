import { expect, test } from "vitest";
import { toEvent } from "./simple.js";

const facts = { id: "1", source: "aws:iot", type: "reading", native: undefined };

test("data that is JSON is said to be; nothing is said of other data, and none is there of none", () => {
  const json = toEvent({ ...facts, data: { kind: "json", value: { a: 1 } } });
  expect([json.datacontenttype, json.data]).toEqual(["application/json", { a: 1 }]);
  const bytes = toEvent({ ...facts, data: { kind: "bytes", bytes: new Uint8Array([1]) } });
  expect([bytes.datacontenttype, bytes.data]).toEqual([undefined, new Uint8Array([1])]);
  const text = toEvent({ ...facts, data: { kind: "text", text: "a" } });
  expect([text.datacontenttype, text.data]).toEqual([undefined, "a"]);
  const none = toEvent({ ...facts, data: { kind: "none" } });
  expect([none.datacontenttype, none.data]).toEqual([undefined, undefined]);
});
