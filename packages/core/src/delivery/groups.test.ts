import { expect, test } from "vitest";
import { testDelivery } from "../../test/delivery.js";
import { type GroupCursor, GroupQueue, toGroups } from "./groups.js";

/** A message of each id; "a@g" is of the group "g". */
function messages(...names: string[]) {
  return names.map((name) => {
    const [id = "", group] = name.split("@");
    return testDelivery(id, group);
  });
}

/** What one worker takes, group by group. */
function takenFrom(queue: GroupQueue): number[][] {
  const cursor: GroupCursor = { group: undefined, taken: 0 };
  const taken: number[][] = [];
  for (let index = queue.begin(cursor); index >= 0; index = queue.begin(cursor)) {
    const group = [index];
    for (let next = queue.proceed(cursor); next >= 0; next = queue.proceed(cursor)) group.push(next);
    taken.push(group);
  }
  return taken;
}

test("messages without a group, each with its own id, are a group each", () => {
  const queue = new GroupQueue(messages("a", "b", "c"));
  expect(takenFrom(queue)).toEqual([[0], [1], [2]]);
  expect(queue.isEmpty).toBe(true);
});

test("the messages of a group go to one worker in order, by the place of its first", () => {
  expect(takenFrom(new GroupQueue(messages("1@a", "2@b", "3@a", "4", "5@b")))).toEqual([[0, 2], [1, 4], [3]]);
});

test("messages without a group that have the same id stand together; the same id in two groups does not join them", () => {
  expect(takenFrom(new GroupQueue(messages("a", "b", "a")))).toEqual([[0, 2], [1]]);
  expect(takenFrom(new GroupQueue(messages("a@g", "a@h", "a")))).toEqual([[0], [1], [2]]);
});

test("one message alone, or none, needs no list of groups", () => {
  const cursor: GroupCursor = { group: undefined, taken: 0 };
  expect(new GroupQueue(messages("a@g")).begin(cursor)).toBe(0);
  expect(cursor.group).toBeUndefined();
  expect(new GroupQueue([]).isEmpty).toBe(true);
  expect(new GroupQueue([]).begin(cursor)).toBe(-1);
});

test("messages of one group that share nothing else keep their list", () => {
  const cursor: GroupCursor = { group: undefined, taken: 0 };
  new GroupQueue(messages("a@g", "b@g")).begin(cursor);
  expect(cursor.group).toEqual([0, 1]);
});

test("messages that share nothing need no list of groups", () => {
  const cursor: GroupCursor = { group: undefined, taken: 0 };
  expect(new GroupQueue(messages("a", "b")).begin(cursor)).toBe(0);
  expect(cursor.group).toBeUndefined();
});

test("two workers take different groups, and a group that was left gives nothing more", () => {
  const queue = new GroupQueue(messages("1@a", "2@b", "3@a", "4@b"));
  const one: GroupCursor = { group: undefined, taken: 0 };
  const two: GroupCursor = { group: undefined, taken: 0 };
  expect([queue.proceed(one), queue.begin(one), queue.isEmpty, queue.begin(two), queue.isEmpty]).toEqual([
    -1,
    0,
    false,
    1,
    true,
  ]);
  one.group = undefined;
  expect([queue.proceed(one), queue.proceed(two), queue.proceed(two), queue.begin(one)]).toEqual([-1, 3, -1, -1]);
});

test("groups stand in the order of their first messages, and hold theirs in order", () => {
  expect(toGroups(messages("1@b", "2@a", "3@b", "x", "x"))).toEqual([[0, 2], [1], [3, 4]]);
});
