import { expect, test } from "vitest";
import { inParallel } from "./signal.js";

test("what fails ends the work also while the next item is waited for, and lets go of the items", async () => {
  let returned = false;
  let given = false;
  const stuck = {
    async next(): Promise<IteratorResult<number>> {
      if (given) return new Promise(() => undefined);
      given = true;
      return { done: false, value: 1 };
    },
    async return(): Promise<IteratorResult<number>> {
      returned = true;
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  const reason = new Error("the part was refused");
  await expect(inParallel(stuck, 3, () => Promise.reject(reason))).rejects.toBe(reason);
  expect(returned).toBe(true);
}, 2000);

test("nothing that has begun goes on behind a rejection, and no more is begun than at once", async () => {
  let [running, most, done] = [0, 0, 0];
  const work = async (item: number) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, item));
    running -= 1;
    done += 1;
    if (item === 1) throw new Error("one");
  };
  await expect(inParallel([5, 1, 5, 5, 5, 5, 5, 5], 3, work)).rejects.toThrow("one");
  expect([running, most]).toEqual([0, 3]);
  expect(done).toBeLessThan(8);
});
