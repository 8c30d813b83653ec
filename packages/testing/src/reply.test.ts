import { reply } from "@portico/core";
import { expect, test } from "vitest";
import { bytes, cookies, header, json, text } from "./reply.js";
import { events } from "./reply-events.js";

test("a body is read as text, JSON and bytes, streamed or not", async () => {
  expect(await json<{ id: number }>(reply.json({ id: 1 }))).toEqual({ id: 1 });
  expect(await text(reply.html("<p>é</p>"))).toBe("<p>é</p>");
  expect(await bytes(reply.bytes(Uint8Array.of(0, 255)))).toEqual(Uint8Array.of(0, 255));
  expect(await text(reply.empty())).toBe("");
  const chunks = async function* () {
    yield "a";
    yield Uint8Array.of(98);
  };
  expect(await text(reply.stream(chunks()))).toBe("ab");
  await expect(json(reply.text("<html>"))).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("a header is found in any case, its lines joined", () => {
  const response = reply.empty({ headers: { "X-Tag": ["a", "b"], etag: '"1"' } });
  expect(header(response, "x-TAG")).toBe("a, b");
  expect(header(response, "ETag")).toBe('"1"');
  expect(header(response, "location")).toBeUndefined();
});

test("cookies are read with their attributes, the last of equal names", () => {
  const response = reply.empty({
    headers: { "set-cookie": ["session=old", "__proto__=x"] },
    cookies: { session: { value: "a b;c", maxAge: 60, path: "/", httpOnly: true, sameSite: "Lax" }, theme: "dark" },
  });
  expect(cookies(response).session).toEqual({
    value: "a b;c",
    attributes: { "max-age": "60", path: "/", httponly: true, samesite: "Lax" },
  });
  expect(cookies(response).theme).toEqual({ value: "dark", attributes: {} });
  expect(Object.keys(cookies(response))).toEqual(["session", "__proto__", "theme"]);
  expect(cookies(reply.empty())).toEqual({});
});

test("server-sent events are read back as they were sent", async () => {
  const source = async function* () {
    yield { comment: "hello", retry: 500 };
    yield { event: "state", id: "1", data: { state: "open" } };
    yield { data: "two\nlines" };
    yield { data: "" };
  };
  expect(await events(reply.sse(source()))).toEqual([
    { comment: "hello", retry: 500 },
    { event: "state", id: "1", data: '{"state":"open"}' },
    { data: "two\nlines" },
    { data: "" },
  ]);
});

test("an event that never ended is left out", async () => {
  const cut = reply.text("data: whole\n\ndata: ha");
  expect(await events(cut)).toEqual([{ data: "whole" }]);
});
