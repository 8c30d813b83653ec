import { expect, test } from "vitest";
import { ack, deadLetter, drop, retry } from "./outcome.js";

test("outcomes are plain data", () => {
  expect(ack()).toEqual({ outcome: "ack" });
  expect(retry()).toEqual({ outcome: "retry", afterSeconds: undefined });
  expect(retry({ afterSeconds: 5 })).toEqual({ outcome: "retry", afterSeconds: 5 });
  expect(deadLetter("unreadable")).toEqual({ outcome: "deadLetter", reason: "unreadable" });
  expect(drop("out of date")).toEqual({ outcome: "drop", reason: "out of date" });
});
