import { expect, test } from "vitest";
import { chunks, testRequest, testSource } from "../../../test/source.js";
import { frameBody, toNodeHead, toNodeWire } from "./node-wire.js";
import { LazyHttpRequest } from "./request.js";
import type { HttpSourceBody } from "./source.js";

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

test("a body that is here is bytes, one that still arrives is not waited for", async () => {
  const wire = (body: HttpSourceBody) => toNodeWire(testRequest({ method: "POST", body }));
  expect((await wire("abc")).body).toEqual(new TextEncoder().encode("abc"));
  const pending: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
  };
  expect((await wire(pending)).body).toHaveProperty("next");
});

test("what was read already is bytes again", async () => {
  const request = testRequest({ method: "POST", body: chunks("ab", "c") });
  await request.text();
  expect((await toNodeWire(request)).body).toEqual(new TextEncoder().encode("abc"));
});

test("names are spelled as the client spelled them, where the platform tells", async () => {
  const source = { ...testSource({ headers: [["x-a", "1"]] }), spelledEntries: () => [["X-A", "1"]] as const };
  expect((await toNodeWire(new LazyHttpRequest(source))).headers).toEqual([
    ["host", "example.test"],
    ["X-A", "1"],
  ]);
});

test.each([
  ["POST", "content-length"],
  ["PUT", "content-length"],
  ["GET", undefined],
  ["DELETE", undefined],
])("%s without a body says so: %s", (method, name) => {
  const { framing } = frameBody({ method, body: null }, undefined);
  expect(framing?.[0]).toBe(name);
});
