import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { httpProperties } from "./properties.js";
import { lines, text, type WireReply, type WireRequest } from "./wire.js";

/** Where a platform cannot do what the others do; each is in the docs. */
export interface Limits {
  /** Repeated header lines are joined by the platform: with this. */
  readonly joinsWith?: string;
  /** The platform decodes the path before it hands it over: `%2F` is lost. */
  readonly decodesPath?: boolean;
  /** Bodies that are no JSON object or array are refused by the platform itself. */
  readonly refusesJson?: boolean;
  /** A cookie without a path is written with an empty one, which means the same. */
  readonly writesEmptyPath?: boolean;
  /** A reply is collected, so one that breaks midway is a 500. */
  readonly buffers: boolean;
  /** Only the last of repeated query values and header lines is delivered. */
  readonly keepsLast?: boolean;
  /** What a body may have at most (bytes), where a megabyte is too much. */
  readonly largestBody?: number;
}

export interface Deployment {
  send(request: WireRequest): Promise<WireReply>;
  /** What the function's log said so far. */
  log(): string;
  close?(): Promise<void>;
}

/** `expect.poll` would ask which test runs, and side by side there are several. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 5 });
const utf8 = (value: string) => new TextEncoder().encode(value);
const hex = (value: string | Uint8Array) => Buffer.from(value).toString("hex");

/** The JSON lines of a log, whatever stands in front of them. */
function entries(log: string): Record<string, unknown>[] {
  return log.split("\n").flatMap((line) => {
    const from = line.indexOf("{");
    try {
      return from < 0 ? [] : [JSON.parse(line.slice(from)) as Record<string, unknown>];
    } catch {
      return [];
    }
  });
}

/**
 * What every HTTP cell must do, on every native format, in process and in its real runtime. With `concurrent` deployments are tried side by
 * side, each one's tests still in their order: for those that share nothing, such as a log.
 */
export function httpContract(
  name: string,
  limits: Limits,
  deploy: () => Promise<Deployment>,
  { concurrent = false } = {},
): void {
  describe(name, { concurrent }, () => {
    let deployment: Deployment;
    beforeAll(async () => {
      deployment = await deploy();
    }, 60_000);
    afterAll(async () => deployment?.close?.());
    const send = (request: WireRequest) => deployment.send(request);
    const large = limits.largestBody ?? 1_000_000;
    const get = (target: string, headers?: WireRequest["headers"]) => send({ target, ...(headers && { headers }) });
    const post = (target: string, body: string | Uint8Array, type: string) =>
      send({ method: "POST", target, body, headers: [["content-type", type]] });
    const echo = async (request: WireRequest) => JSON.parse(text(await send(request)));

    describe.sequential("a request, and a reply,", () => httpProperties(limits, send));

    describe.sequential("a request", () => {
      test("keeps its method", async () => {
        for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
          expect(await echo({ method, target: "/echo/x" })).toMatchObject({
            kind: "http",
            method,
            path: "/echo/x",
            id: true,
            time: true,
          });
        }
      });

      test.each([
        ["/echo/plain", "/echo/plain", "plain"],
        ["/echo/a%20b", "/echo/a%20b", "a b"],
        ["/echo/caf%c3%a9", "/echo/caf%C3%A9", "café"],
        ["/echo/%41", "/echo/A", "A"],
        ["/echo/a+b", "/echo/a+b", "a+b"],
        ["/echo/", "/echo/", ""],
        ["/echo/a:b@c", "/echo/a:b@c", "a:b@c"],
      ])("has the path of %s in one spelling", async (target, path, rest) => {
        expect(await echo({ target })).toMatchObject({ path, rest, target: path });
      });

      test("keeps an encoded slash apart from a slash, where its platform does", async () => {
        if (limits.decodesPath) {
          expect(await echo({ target: "/echo/a%2Fb" })).toMatchObject({ path: "/echo/a/b", rest: "a/b" });
          return;
        }
        expect(await echo({ target: "/echo/a%2Fb" })).toMatchObject({ path: "/echo/a%2Fb", rest: "a/b" });
        expect(JSON.parse(text(await get("/items/a%2Fb")))).toEqual({ id: "a/b" });
      });

      test("keeps repeated and empty query values", async () => {
        const { query } = await echo({ target: "/echo/q?a=2&a=1&b=&c=%26%3D&d=%C3%BC+x&e=%2B" });
        const expected = [
          ["a", "2"],
          ["a", "1"],
          ["b", ""],
          ["c", "&="],
          ["d", "ü x"],
          ["e", "+"],
        ];
        if (limits.keepsLast) expected.shift();
        expect(query).toEqual(expected);
      });

      test("takes query names such as __proto__ for names", async () => {
        const { query } = await echo({ target: "/echo/q?__proto__=x&constructor=y" });
        expect(Object.fromEntries(query)).toEqual({ ["__proto__"]: "x", constructor: "y" });
      });

      test("has a query that is not valid percent-encoding as it stands", async () => {
        const { query } = await echo({ target: "/echo/q?a=%zz&b=%" });
        expect(query).toEqual([
          ["a", "%zz"],
          ["b", "%"],
        ]);
      });

      test("has its headers, whatever their case", async () => {
        const { headers } = await echo({
          target: "/echo/h",
          headers: [
            ["X-Show", "x-one, X-TWO"],
            ["X-One", "1"],
            ["x-two", 'b; c="d"'],
          ],
        });
        expect(headers).toEqual({ "x-one": "1", "X-TWO": 'b; c="d"' });
      });

      test("keeps repeated headers, where its platform does", async () => {
        const headers = [
          ["x-show", "x-many"],
          ["x-many", "a"],
          ["x-many", '"b,c"'],
          ["x-many", "d"],
        ] as const;
        const seen = await echo({ target: "/echo/h", headers });
        const expected = limits.keepsLast ? ["d"] : ["a", '"b,c"', "d"];
        expect(seen.headers["x-many"]).toBe(expected.join(limits.joinsWith ?? ", "));
        expect(seen.lists["x-many"]).toEqual(expected);
      });

      test("has its cookies", async () => {
        const { cookies } = await echo({
          target: "/echo/c",
          headers: [["cookie", 'a=1; b="two"; c=%C3%BC; a=3; d=%zz; __proto__=p']],
        });
        expect(cookies).toEqual({ a: "1", b: "two", c: "ü", d: "%zz", ["__proto__"]: "p" });
      });

      test("has its body byte for byte", async () => {
        const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
        for (const type of ["application/octet-stream", "image/png", "application/x-protobuf"]) {
          const reply = await post("/bytes", bytes, type);
          expect(reply.status).toBe(200);
          expect(hex(reply.body)).toBe(hex(bytes));
          expect(lines(reply, "content-type")).toEqual([type]);
        }
      });

      test("has text with characters of every length, and text that is not UTF-8", async () => {
        expect(text(await post("/text", "aü€🎈", "text/plain; charset=utf-8"))).toBe("aü€🎈");
        expect(
          (
            await echo({
              method: "POST",
              target: "/echo/b",
              body: new Uint8Array([0xff, 0xfe]),
              headers: [["content-type", "application/octet-stream"]],
            })
          ).body,
        ).toBe("fffe");
      });

      test("has an empty body where none was sent", async () => {
        expect((await echo({ method: "POST", target: "/echo/b" })).body).toBe("");
        expect((await echo({ target: "/echo/b" })).body).toBe("");
      });

      test("has a body whatever its content type is", async () => {
        for (const type of [
          "application/json; charset=utf-8",
          "x",
          "text/plain;;;",
          'a/b; c="',
          `text/${"x".repeat(2000)}`,
        ]) {
          const seen = await echo({
            method: "POST",
            target: "/echo/b",
            body: '{"a":1}',
            headers: [["content-type", type]],
          });
          expect(seen).toMatchObject({ body: hex('{"a":1}'), contentType: type });
        }
      });

      test("of a megabyte arrives whole, in one piece and as a stream", async () => {
        const body = new Uint8Array(large).fill(7);
        expect((await post("/bytes", body, "application/octet-stream")).body).toHaveLength(large);
        expect(JSON.parse(text(await post("/body-stream", body, "application/octet-stream")))).toEqual({
          length: large,
        });
      });

      test("with a urlencoded form gives its fields", async () => {
        const reply = await post("/form", "a=1&a=2&b=%C3%BC+x&__proto__=p", "application/x-www-form-urlencoded");
        expect(JSON.parse(text(reply))).toEqual([
          ["a", "1"],
          ["a", "2"],
          ["b", "ü x"],
          ["__proto__", "p"],
        ]);
      });

      test("with a multipart form gives its fields and files", async () => {
        const head =
          '--X\r\ncontent-disposition: form-data; name="title"\r\n\r\nü\r\n--X\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\ncontent-type: image/png\r\n\r\n';
        const body = Buffer.concat([utf8(head), new Uint8Array([0, 13, 10, 255]), utf8("\r\n--X--\r\n")]);
        const reply = await post("/form", body, "multipart/form-data; boundary=X");
        expect(JSON.parse(text(reply))).toEqual([
          ["title", "ü"],
          ["file", { name: "a.bin", type: "image/png", bytes: "000d0aff" }],
        ]);
      });

      test("with a truncated multipart form is a 400", async () => {
        const reply = await post(
          "/form",
          '--X\r\ncontent-disposition: form-data; name="title"\r\n\r\nhalf',
          "multipart/form-data; boundary=X",
        );
        expect(reply.status).toBe(400);
        expect(lines(reply, "x-mark")).toEqual(["1"]);
      });

      test("with a JSON scalar is a JSON value, where its platform lets it through", async () => {
        for (const value of ["1.5", '"x"', "null", "true"]) {
          const reply = await post("/json", value, "application/json");
          if (limits.refusesJson) expect(reply.status).toBe(400);
          else expect(text(reply)).toBe(value);
        }
      });

      test("that is not JSON is a 400, a problem unless its platform is first", async () => {
        for (const value of ["{", "", '{"a":1}x', '{"__proto__":{"a":1}}']) {
          const reply = await post("/json", value, "application/json");
          expect(reply.status).toBe(400);
          const refusedBefore = limits.refusesJson && value !== "" && !value.includes("__proto__");
          expect(lines(reply, "x-mark")).toEqual(refusedBefore ? [] : ["1"]);
          if (!refusedBefore) expect(lines(reply, "content-type")).toEqual(["application/problem+json"]);
        }
      });

      test("that fails validation is a 400 with every issue", async () => {
        const reply = await post("/orders/x", "{}", "application/json");
        expect(reply.status).toBe(400);
        expect(JSON.parse(text(reply))).toMatchObject({
          code: "INPUT_INVALID",
          details: [{ path: "body.sku" }, { path: "params.id" }],
        });
        expect(JSON.parse(text(await post("/orders/7", '{"sku":"a"}', "application/json")))).toEqual({
          body: { sku: "a" },
          params: { id: 7 },
        });
      });

      test("over the body limit is a 413", async () => {
        const reply = await post("/text", new Uint8Array(6 * 1024 * 1024 + 1).fill(120), "text/plain");
        expect(reply.status).toBe(413);
      });

      test("continues the caller's trace", async () => {
        const seen = JSON.parse(
          text(await get("/context", [["traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"]])),
        );
        expect(seen).toMatchObject({ id: true, functionName: true, aborted: false, remaining: true });
        expect(seen.trace.slice(0, 32)).toBe("4bf92f3577b34da6a3ce929d0e0e4736");
      });
    });

    describe.sequential("a reply", () => {
      test.each([
        ["text", 200, "text/plain; charset=utf-8", "grüße 🎈"],
        ["html", 200, "text/html; charset=utf-8", "<p>ü</p>"],
        ["json", 200, "application/json", '{"text":"ü","nested":[1,null,{"a":true}]}'],
        ["empty-text", 200, "text/plain; charset=utf-8", ""],
        ["created", 201, "application/json", '{"id":1}'],
        ["teapot", 418, "text/plain; charset=utf-8", "short and stout"],
        [
          "problem",
          402,
          "application/problem+json",
          '{"type":"about:blank","title":"Out of credit","status":402,"balance":30}',
        ],
        ["stream", 200, "text/plain; charset=utf-8", "one zwei ü three"],
        ["web-stream", 200, "text/plain", "streamed"],
        [
          "sse",
          200,
          "text/event-stream; charset=utf-8",
          'event: state\nid: placed\ndata: {"state":"placed"}\n\nevent: state\nid: paid\ndata: {"state":"paid"}\n\n',
        ],
      ])("%s has its status, type and body", async (what, status, type, body) => {
        const reply = await get(`/reply/${what}`);
        expect(reply.status).toBe(status);
        expect(lines(reply, "content-type")).toEqual([type]);
        expect(text(reply)).toBe(body);
        expect(lines(reply, "x-mark")).toEqual(["1"]);
      });

      test("of bytes is exact", async () => {
        const reply = await get("/reply/bytes");
        expect(hex(reply.body)).toBe(hex(Uint8Array.from({ length: 256 }, (_, index) => index)));
        expect(lines(reply, "content-type")).toEqual(["application/octet-stream"]);
      });

      test("without a body has none", async () => {
        for (const [what, status] of [
          ["empty", 204],
          ["not-modified", 304],
          ["redirect", 303],
        ] as const) {
          const reply = await get(`/reply/${what}`);
          expect(reply.status).toBe(status);
          expect(reply.body).toHaveLength(0);
        }
        expect(lines(await get("/reply/redirect"), "location")).toEqual(["/ziel?x=1%20%C3%BC"]);
        expect(lines(await get("/reply/not-modified"), "etag")).toEqual(['"x"']);
      });

      test("sets one cookie, and a Response's", async () => {
        const [cookie = ""] = lines(await get("/reply/cookie"), "set-cookie");
        expect(cookie.toLowerCase().replace("; path=", "")).toBe("sid=abc; httponly");
        const reply = await get("/reply/response");
        expect(reply.status).toBe(202);
        expect(text(reply)).toBe("from a Response ü");
        expect(lines(reply, "x-one")).toEqual(["1"]);
        expect(lines(reply, "set-cookie").map((line) => line.toLowerCase())).toEqual(["a=1; path=/"]);
      });

      test("sets several cookies", async () => {
        const cookies = lines(await get("/reply/cookies"), "set-cookie").map((line) =>
          line
            .toLowerCase()
            .split("; ")
            .filter((part) => !(limits.writesEmptyPath && part === "path="))
            .sort(),
        );
        const expected = [
          "plain=1",
          "encoded=%C3%BC%3B%2C%3D%20x",
          "full=v; Max-Age=60; Domain=example.com; Path=/a; Expires=Wed, 02 Jan 2030 03:04:05 GMT; HttpOnly; Secure; SameSite=None",
          "gone=; Max-Age=0",
        ];
        expect(cookies).toEqual(expected.map((line) => line.toLowerCase().split("; ").sort()));
      });

      test("has its headers", async () => {
        const reply = await get("/reply/headers");
        expect(lines(reply, "x-one")).toEqual(["a, b"]);
        expect(lines(reply, "x-two").flatMap((line) => line.split(/,\s*/))).toEqual(["c", "d"]);
        expect(lines(reply, "x-empty")).toEqual([""]);
        expect(lines(reply, "x-tab")).toEqual(["a\tb"]);
      });

      test("of a megabyte arrives whole", async () => {
        expect((await get("/reply/large")).body).toHaveLength(1_000_000);
      });

      test("to HEAD has the status and headers of GET, and no body", async () => {
        const reply = await send({ method: "HEAD", target: "/reply/json" });
        expect(reply.status).toBe(200);
        expect(lines(reply, "content-type")).toEqual(["application/json"]);
        expect(reply.body).toHaveLength(0);
        expect(lines(reply, "content-length")).toEqual([String((await get("/reply/json")).body.length)]);
      });

      test("that was fetched is plain, as fetch has made it", async () => {
        const reply = await get("/reply/fetched");
        expect(text(reply)).toBe("inflated by fetch");
        expect(lines(reply, "content-encoding")).toEqual([]);
        expect(["", "17"]).toContain(lines(reply, "content-length").join());
      });

      test("to a compressed request is that to a plain one, or 415", async () => {
        const reply = await send({
          method: "POST",
          target: "/echo/x",
          body: gzipSync("plain"),
          headers: [
            ["content-type", "text/plain"],
            ["content-encoding", "gzip"],
          ],
        });
        if (reply.status === 415) {
          expect(lines(reply, "accept-encoding")).toEqual(["identity"]);
          return;
        }
        const { body, headers } = JSON.parse(text(reply));
        expect(body).toBe(hex("plain"));
        expect(JSON.stringify(headers)).not.toContain("content-encoding");
      });

      test("is sent after the work passed to waitUntil, which is in the log", async () => {
        expect(text(await get("/waits"))).toBe("sent");
        await soon(() => expect(deployment.log()).toContain("waited for"));
      });
    });

    describe.sequential("the line about a failure", () => {
      const rest = { functionName: expect.stringMatching(/./), durationMs: expect.any(Number) };
      test.each([
        [{ target: "/none" }, { method: "GET", path: "/none", status: 404 }],
        [
          { method: "POST", target: "/items/1?code=secret" },
          { method: "POST", path: "/items/1", status: 405, route: "/items/:id" },
        ],
        [
          { method: "POST", target: "/orders/7", body: "{}" },
          { method: "POST", path: "/orders/7", route: "/orders/:id", status: 400 },
        ],
        [{ target: "/reply/known" }, { method: "GET", path: "/reply/known", route: "/reply/known", status: 409 }],
        [{ target: "/reply/throw" }, { method: "GET", path: "/reply/throw", route: "/reply/throw", status: 500 }],
        [{ target: "/reply/never" }, { method: "GET", path: "/reply/never", route: "/reply/never", status: 504 }],
        [
          { target: "/reply/broken-stream" },
          {
            method: "GET",
            path: "/reply/broken-stream",
            route: "/reply/broken-stream",
            status: limits.buffers ? 500 : 200,
          },
        ],
      ] satisfies [WireRequest, object][])("%o says what failed: %o", async (request, expected) => {
        const before = deployment.log().length;
        await send(request).catch(() => undefined);
        const written = () => entries(deployment.log().slice(before));
        await soon(() => expect(written()).toContainEqual(expect.objectContaining({ ...rest, ...expected })));
        expect(deployment.log().slice(before)).not.toContain("code=secret");
        // The runtime's own lines are of no request.
        for (const { route } of written().filter(({ path }) => path !== undefined))
          expect(route).toBe((expected as { route?: string }).route);
      });
    });

    describe.sequential("a failure", () => {
      test("to find the path is a marked 404, of the method a marked 405 with Allow", async () => {
        const none = await get("/none");
        expect([none.status, lines(none, "x-mark")]).toEqual([404, ["1"]]);
        const wrong = await send({ method: "POST", target: "/items/1" });
        expect([wrong.status, lines(wrong, "x-mark")]).toEqual([405, ["1"]]);
        expect(lines(wrong, "allow")).toEqual(["GET, HEAD, OPTIONS"]);
        const options = await send({ method: "OPTIONS", target: "/items/1" });
        expect([options.status, lines(options, "allow")]).toEqual([204, ["GET, HEAD, OPTIONS"]]);
      });

      test("that the handler names is its status and details", async () => {
        const conflict = await get("/reply/known");
        expect(conflict.status).toBe(409);
        expect(JSON.parse(text(conflict))).toMatchObject({ detail: "Already there.", details: { id: 7 } });
        const later = await get("/reply/unavailable");
        expect([later.status, lines(later, "retry-after")]).toEqual([503, ["5"]]);
      });

      test.each(["throw", "throw-undefined", "reject", "nothing", "number", "status", "split", "cycle"])(
        "(%s) is a marked, plain 500, and the reason is in the log",
        async (what) => {
          const before = deployment.log().length;
          const reply = await get(`/reply/${what}`);
          expect(reply.status).toBe(500);
          expect(JSON.parse(text(reply))).toEqual({
            type: "about:blank",
            title: "Internal Server Error",
            status: 500,
            code: "INTERNAL",
          });
          expect(lines(reply, "x-mark")).toEqual(["1"]);
          expect(lines(reply, "set-cookie")).toEqual([]);
          await soon(() => expect(deployment.log().slice(before)).toMatch(/"(level|severity)":"error"/i));
        },
      );

      test("of a stream midway is never a whole reply", async () => {
        const before = deployment.log().length;
        const outcome = await get("/reply/broken-stream").then(
          (reply) => ({ status: reply.status, text: text(reply) }),
          (error: Error) => ({ error: error.message }),
        );
        if (limits.buffers) expect(outcome).toMatchObject({ status: 500 });
        else expect(outcome).toHaveProperty("error");
        expect(JSON.stringify(outcome)).not.toContain("secret");
        await soon(() => expect(deployment.log().slice(before)).toContain("a secret reason"));
      });

      test("to settle is a marked 504", async () => {
        const reply = await get("/reply/never");
        expect([reply.status, lines(reply, "x-mark")]).toEqual([504, ["1"]]);
      });
    });
  });
}
