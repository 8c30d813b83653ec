import { expect, test } from "vitest";
import { bucket } from "./bucket.js";
import { collectUses } from "./resource.js";

test("a bucket is plain, frozen data, each access once", () => {
  const uploads = bucket("uploads", { access: ["write", "read", "write"] });
  expect(JSON.parse(JSON.stringify(uploads))).toEqual({ type: "bucket", name: "uploads", access: ["write", "read"] });
  expect(Object.isFrozen(uploads) && Object.isFrozen(uploads.access)).toBe(true);
});

test.each(["", "1st", "a_b", "a-", "-a", "a--b", "ä", "a b", 'a"$(x)'])("%j is no name for a bucket", (name) => {
  expect(() => bucket(name, { access: ["read"] })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test("an access that is empty or not known is refused", () => {
  for (const access of [[], ["admin"], "read", undefined]) {
    expect(() => bucket("a", { access } as never)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  }
});

test("resources of the same type and name become one, with all access; others stay apart", () => {
  const queue = { type: "queue", name: "a", access: ["send"] };
  const layers = [
    { uses: [bucket("a", { access: ["read"] })] },
    {},
    { uses: [queue, bucket("a", { access: ["list", "read"] })] },
  ];
  expect(collectUses(layers)).toEqual([{ type: "bucket", name: "a", access: ["read", "list"] }, queue]);
});

test("a bucket without its access is refused with what to write", () => {
  expect(() => bucket("b", undefined as never)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", hint: expect.stringContaining('{ access: ["read"] }') }),
  );
});
