import { connect } from "node:net";
import { event, HandlerError, queue, reply } from "@portico/core";
import { toHttp } from "@portico/core/adapter";
import { describe, expect, test } from "vitest";
import { got, guarded, nightly, note, orders, output, send, start, statusOf, token } from "../test/serving.js";
import { bearer, toNodeListener } from "./index.js";

describe("the option events", () => {
  const invalid = (hint: string) => ({ code: "CONFIG_INVALID", hint: expect.stringContaining(hint) });

  test.each([
    ["of functions that events reach", [orders]],
    ["beside HTTP functions", [guarded, orders]],
    ["of event functions", [event({ types: "*" }).handle(note("all"))]],
  ])("is needed %s", async (_name, functions) => {
    await expect(start(functions)).rejects.toMatchObject(invalid("events: false"));
    expect(() => toNodeListener(functions)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  test.each([
    [{}, "authorize: bearer(token)"],
    [{ schedules: true }, "authorize: bearer(token)"],
    [{ authorise: "anyone" }, "Write authorize"],
    [{ authorize: "everyone" }, "bearer(token)"],
    [{ authorize: token }, "bearer(token)"],
    [{ authorize: true }, "bearer(token)"],
    [{ port: "8081" }, "0 to 65535"],
    [{ port: 70_000 }, "0 to 65535"],
    [{ authorize: "anyone", host: "127.0.0.1" }, "port"],
    [true, "authorize"],
    [null, "authorize"],
  ])("is refused as %j", async (events, hint) => {
    // @ts-expect-error not what the option takes
    await expect(start(orders, { events })).rejects.toMatchObject(invalid(hint));
  });

  test("is not needed without functions that events reach", async () => {
    await start(guarded);
    const { url } = await start(nightly);
    expect(await statusOf(url, "dev.knative.sources.ping")).toBe(404);
    expect(got).toEqual([]);
  });

  test("that says false closes the door", async () => {
    const { url } = await start([guarded, orders], { events: false });
    expect(await statusOf(url)).toBe(401);
    expect(await statusOf(`${url}/queue/orders`)).toBe(401);
    const bare = await start(orders, { events: false });
    expect(await statusOf(bare.url)).toBe(404);
    expect(got).toEqual([]);
  });
});

describe("a door with a token", () => {
  const events = { authorize: bearer(token, "the-one-before-it-1234") };

  test("lets in who brings it", async () => {
    const { url } = await start([guarded, orders], { events });
    expect(await statusOf(url, "x", { authorization: `Bearer ${token}` })).toBe(204);
    expect(await statusOf(`${url}/queue/orders`, "x", { authorization: "bearer the-one-before-it-1234" })).toBe(204);
    expect(got).toEqual(["orders 1", "orders 1"]);
  });

  test("answers everybody else alike, whether there is such a function or not", async () => {
    const { url } = await start([guarded, orders], { events });
    const answers: string[] = [];
    for (const path of ["/", "/queue/orders", "/queue/none", "/topic/none"]) {
      for (const authorization of ["", "Bearer wrong-wrong-wrong", `Basic ${token}`, token, `Bearer ${token}x`]) {
        const response = await send(url + path, "x", authorization === "" ? {} : { authorization });
        expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
        answers.push(`${response.status} ${(await response.text()).replace(/"instance":"[^"]*"/, "")}`);
      }
    }
    expect(new Set(answers).size).toBe(2);
    expect(answers.every((one) => one.startsWith("401"))).toBe(true);
    expect(answers.join()).not.toMatch(/orders|queue/);
    expect(got).toEqual([]);
    expect(output()).not.toContain(token);
  });

  test("answers 404 to who may send, where there is no such function", async () => {
    const { url } = await start([guarded, orders], { events });
    expect(await statusOf(`${url}/queue/none`, "x", { authorization: `Bearer ${token}` })).toBe(404);
  });

  test("leaves requests that are no events to the app, whose authentication holds on every path", async () => {
    const { url } = await start([guarded, orders], { events });
    const post = (path: string, headers: Record<string, string>) =>
      fetch(url + path, { method: "POST", body: "{}", headers: { "content-type": "application/json", ...headers } });
    for (const path of ["/", "/queue/orders"]) {
      expect((await post(path, { authorization: `Bearer ${token}` })).status).toBe(401);
      expect(await (await post(path, { "x-user": "u" })).text()).toBe("app");
    }
    expect(await statusOf(`${url}/elsewhere`, "x", { authorization: `Bearer ${token}` })).toBe(401);
    expect(got).toEqual([]);
  });

  test("refuses before it reads the body", async () => {
    const { port } = await start(orders, { events });
    const socket = connect(port, "127.0.0.1");
    // The head alone: what is announced never comes.
    socket.write(
      `POST / HTTP/1.1\r\nhost: a\r\nce-specversion: 1.0\r\nce-type: x\r\nce-id: 1\r\nce-source: /s\r\ncontent-length: 1000\r\n\r\n`,
    );
    const [head] = await new Promise<Buffer[]>((resolve) => socket.once("data", (chunk) => resolve([chunk])));
    expect(String(head)).toMatch(/^HTTP\/1\.1 401 /);
    socket.destroy();
  });

  test("asks no token of a sender that asks for permission, by its own option", async () => {
    const ask = (url: string, origin: string) =>
      fetch(url, { method: "OPTIONS", headers: { "webhook-request-origin": origin } });
    const { url } = await start(orders, { events, webhook: { origins: ["a.example"] } });
    expect((await ask(url, "a.example")).headers.get("webhook-allowed-origin")).toBe("a.example");
    expect((await ask(url, "b.example")).headers.get("webhook-allowed-origin")).toBeNull();
    const event = toHttp({ specversion: "1.0", id: "1", source: "/orders", type: "x" }, "binary").headers;
    const anyone = await start(orders, { events: { authorize: "anyone" }, webhook: { origins: ["a.example"] } });
    const headers = { ...event, "webhook-request-origin": "b.example" };
    expect((await fetch(anyone.url, { method: "OPTIONS", headers })).status).toBe(403);
    expect(got).toEqual([]);
    const closed = await start(orders, { events });
    expect((await ask(closed.url, "a.example")).status).toBe(404);
  });

  test.each([[[]], [[undefined]], [[""]], [["short"]], [[token, undefined]], [["with a space in the token"]]])(
    "is refused with the tokens %j",
    (tokens) => {
      expect(() => bearer(...tokens)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    },
  );
});

describe("a door with a function", () => {
  test.each([
    ["true", () => true, {}, 204],
    ["a promise of true", async () => true, {}, 204],
    ["false", () => false, {}, 401],
    ["false, of one who says who he is", () => false, { authorization: "Bearer x" }, 403],
    ["nothing", () => undefined as never, {}, 401],
    ["something else than true", () => "yes" as never, {}, 401],
    ["a reply of success, without next", () => reply.text("fine"), {}, 401],
    ["a reply of failure", () => reply.problem({ status: 429 }), {}, 429],
    ["a refusal", () => Promise.reject(new HandlerError("FORBIDDEN", "No.")), {}, 403],
    ["a failure", () => Promise.reject(new Error("the database is at db.internal")), {}, 500],
  ])("that answers %s", async (_name, authorize, headers, expected) => {
    const { url } = await start(orders, { events: { authorize } });
    const response = await send(url, "x", headers);
    expect(response.status).toBe(expected);
    expect(await response.text()).not.toContain("db.internal");
    expect(got).toEqual(expected === 204 ? ["orders 1"] : []);
  });

  test("that does not answer ends at the deadline", async () => {
    const { url } = await start(orders, { events: { authorize: () => new Promise(() => {}) }, timeoutMs: 100 });
    expect(await statusOf(url)).toBe(504);
  });

  test("can read the body, for a signature, and the event is there still", async () => {
    const { url } = await start(
      queue("q").handle(async (one) => void got.push(await one.text())),
      {
        events: { authorize: async (request) => (await request.text()) === '{"a":1}' },
      },
    );
    expect(await statusOf(url)).toBe(204);
    expect(got).toEqual(['{"a":1}']);
  });
});
