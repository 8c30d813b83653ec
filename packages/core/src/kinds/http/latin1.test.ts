import { expect, test } from "vitest";
import { testContext } from "../../../test/message.js";
import { testRequest } from "../../../test/source.js";
import { Watchdog } from "../../watchdog.js";
import { createHttpEntry, whenGiven } from "./answer.js";
import { http } from "./function.js";
import { markLatin1, toAsciiReply } from "./latin1.js";

const reply = (headers: Record<string, string | readonly string[]>) => markLatin1({ status: 200, headers, body: "ok" });

test.each([
  ['attachment; filename="caf\xe9.txt"', "attachment; filename=\"caf?.txt\"; filename*=UTF-8''caf%C3%A9.txt"],
  ["attachment; filename=caf\xe9.txt", "attachment; filename=caf?.txt; filename*=UTF-8''caf%C3%A9.txt"],
  [
    'inline; filename="a\\"\xe9 b.txt"; x=1',
    'inline; filename="a\\"? b.txt"; filename*=UTF-8\'\'a%22%C3%A9%20b.txt; x=1',
  ],
  // Its author has said it in the extended form already.
  ["attachment; filename=\"\xe9\"; filename*=UTF-8''%C3%A9", "attachment; filename=\"?\"; filename*=UTF-8''%C3%A9"],
  // What are the bytes of UTF-8 stands for the character.
  ['attachment; filename="caf\xc3\xa9.txt"', "attachment; filename=\"caf?.txt\"; filename*=UTF-8''caf%C3%A9.txt"],
])("a file name %j is %j in ASCII", (given, expected) => {
  const { context, logs } = testContext();
  const got = toAsciiReply(reply({ "content-disposition": given }), context.log);
  expect(got).toEqual({ status: 200, headers: { "content-disposition": expected }, body: "ok" });
  expect(logs()).toMatchObject([{ level: "warn", header: "content-disposition" }]);
});

test("any other field is percent-encoded, and lists stay lists", () => {
  const { context } = testContext();
  const given = reply({ location: "/caf\xe9", "set-cookie": ["a=\xe9; Path=/", "b=2"], "x-a": "1" });
  expect(toAsciiReply(given, context.log).headers).toEqual({
    location: "/caf%C3%A9",
    "set-cookie": ["a=%C3%A9; Path=/", "b=2"],
    "x-a": "1",
  });
});

test.each([
  [true, "caf\xe9"],
  [false, "caf%C3%A9"],
])("an adapter that carries Latin-1 (%s) sends %j", async (carriesLatin1, expected) => {
  const fn = http.any("/*rest").handle(async () => reply({ "x-a": "caf\xe9" }));
  const { context } = testContext();
  const got = await whenGiven(createHttpEntry(fn, new Watchdog(), { carriesLatin1 }).answer(testRequest(), context));
  expect(got.headers["x-a"]).toBe(expected);
});

test("a handler's own reply is not excused", async () => {
  const fn = http.any("/*rest").handle(async () => ({
    status: 200,
    headers: { "x-a": "\xe9" },
    body: null,
  }));
  expect((await fn(testRequest())).status).toBe(500);
});

test("a line break is refused even where bytes beyond ASCII are not", async () => {
  const marked = { ...reply({ "x-a": "\xe9" }), headers: { "x-a": "\xe9\r\nx-b: 1" } };
  const fn = http.any("/*rest").handle(async () => marked);
  expect((await fn(testRequest())).status).toBe(500);
});
