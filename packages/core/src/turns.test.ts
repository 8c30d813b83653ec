import { expect, test } from "vitest";
import { Turns } from "./turns.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a second turn under a key begins when the first has ended, and one under another key at once", async () => {
  const turns = new Turns();
  const first = turns.take(["a"]);
  const second = turns.take(["a", "b"]);
  const third = turns.take(["b"]);
  expect(first.ready).toBeUndefined();
  expect(turns.take(["c"]).ready).toBeUndefined();
  const begun: string[] = [];
  void second.ready?.then(() => begun.push("second"));
  void third.ready?.then(() => begun.push("third"));
  await settled();
  expect(begun).toEqual([]);
  first.end();
  await settled();
  expect(begun).toEqual(["second"]);
  second.end();
  await settled();
  expect(begun).toEqual(["second", "third"]);
  third.end();
});

test("who gives up waiting does not let the next one pass those before", async () => {
  const turns = new Turns();
  const first = turns.take(["a"]);
  turns.take(["a"]).end();
  let begun = false;
  void turns.take(["a"]).ready?.then(() => {
    begun = true;
  });
  await settled();
  expect(begun).toBe(false);
  first.end();
  await settled();
  expect(begun).toBe(true);
});

test("a key is forgotten when its turns are over", async () => {
  const turns = new Turns();
  turns.take(["a"]).end();
  await settled();
  expect(turns.take(["a"]).ready).toBeUndefined();
});
