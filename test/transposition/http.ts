import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Cloud } from "./functions.mjs";

/** Where an HTTP function of one cloud is to be reached on another: the URL under which its own path begins. */
export type Reach = (from: Cloud) => string;

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** What an HTTP function that was written for one cloud must do on another, as a client sees it. */
export function transposedHttp(from: Cloud, on: string, reach: Reach): void {
  describe(`${from}'s HTTP function on ${on}`, () => {
    const call = (path: string, init?: RequestInit) => fetch(`${reach(from)}/${from}${path}`, init);

    test("is given the request, and its reply arrives", async () => {
      const body = Uint8Array.from([0xff, 0x00, 0x61, 0xc3, 0xa9]);
      const reply = await call("/orders/a%20b?q=1&q=2&empty=", {
        method: "PUT",
        headers: { "content-type": "application/octet-stream", "x-any": "aé", cookie: "one=1; two=2" },
        body,
      });
      expect(reply.status).toBe(201);
      expect(reply.headers.get("x-saw")).toBe(from);
      expect(reply.headers.get("content-type")).toMatch(/^application\/json/);
      expect(reply.headers.getSetCookie().map((cookie) => cookie.replace(/; path=\/(?=;|$)/i, ""))).toEqual([
        expect.stringMatching(/^a=1/),
        expect.stringMatching(/^b=2.*HttpOnly/i),
      ]);
      const saw = (await reply.json()) as Record<string, unknown>;
      expect(saw).toMatchObject({
        method: "PUT",
        query: "q=1&q=2&empty=",
        // Node gives each byte of a header as a character of its own, and so does Google's own framework.
        header: from === "gcp" ? "a\u00c3\u00a9" : "aé",
        cookies: ["one=1", "two=2"],
        length: 5,
        sha256: sha256(body),
      });
      // API Gateway decodes the path before its function sees it.
      expect(saw.path).toMatch(from === "aws" ? /\/aws\/orders\/a b$/ : /\/orders\/a%20b$/);
    });

    test("is given a request without a body", async () => {
      const reply = await call("/orders");
      expect(await reply.json()).toMatchObject({ method: "GET", query: "", cookies: [], length: 0 });
    });

    test("that throws is answered as at home, and the caller is not told why", async () => {
      const reply = await call("/throw", { method: "POST", body: "x" });
      expect(reply.status).toBe(from === "aws" ? 502 : 500);
      expect(await reply.text()).not.toMatch(/secret|TypeError|native/);
    });
  });
}

/** What becomes of a call with JSON: the answer, or undefined where it failed. */
export type Call = (payload: unknown) => Promise<unknown>;

/** What a function that answers calls must do on another cloud than its own. */
export function transposedInvoke(from: Cloud, on: string, call: Call): void {
  describe(`${from}'s invoke function on ${on}`, () => {
    test("is given the call's JSON, and its answer arrives; a failure is a failure", async () => {
      const payload = { todo: "ok", list: [1, "aé", null], deep: { a: true } };
      expect(await call(payload)).toEqual({ echo: payload, request: true });
      expect(await call({ todo: "throw" })).toBeUndefined();
    });
  });
}
