import { expect, test } from "vitest";
import { testRequest } from "../../../test/source.js";
import { frameBody, toNodeHead, toNodeWire } from "./node-wire.js";

test("a request is its target, its host and its lines, without those of the caller's connection", () => {
  const headers = [
    ["connection", "keep-alive"],
    ["x-a", "1"],
    ["x-a", "2"],
    ["transfer-encoding", "chunked"],
  ] as const;
  expect(toNodeHead(testRequest({ method: "POST", path: "/a b", query: "c=1?d", headers }))).toEqual({
    method: "POST",
    target: "/a%20b?c=1?d",
    headers: [
      ["host", "example.test"],
      ["x-a", "1"],
      ["x-a", "2"],
    ],
    clientIp: undefined,
    encrypted: true,
  });
});

test("characters beyond Latin-1, which a platform has decoded, are bytes again", () => {
  const { headers } = toNodeHead(testRequest({ headers: [["x-a", "ключ"]] }));
  expect(Buffer.from(String(headers[1]?.[1]), "latin1").toString()).toBe("ключ");
});

test("CONNECT is refused", () => {
  expect(() => toNodeHead(testRequest({ method: "CONNECT" }))).toThrow(/tunnel/);
});

test("a short body of known length is in one piece, any other a stream", async () => {
  const wire = (length: string | undefined) =>
    toNodeWire(
      testRequest({ method: "POST", body: "abc", headers: length === undefined ? [] : [["content-length", length]] }),
    );
  expect((await wire("3")).body).toEqual(new TextEncoder().encode("abc"));
  expect((await wire("70000")).body).toBeInstanceOf(ReadableStream);
  expect((await wire(undefined)).body).toBeInstanceOf(ReadableStream);
});

test.each([
  ["POST", "content-length"],
  ["PUT", "content-length"],
  ["GET", undefined],
  ["DELETE", undefined],
])("%s without a body says so: %s", async (method, name) => {
  const { framing } = await frameBody({ method, body: null }, undefined);
  expect(framing?.[0]).toBe(name);
});
