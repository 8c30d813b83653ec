import { H3 } from "h3";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { testRequest } from "../../../test/source.js";
import { collectBody } from "./finish.js";
import { http } from "./function.js";

const app = new Hono()
  .get("/hello/:name", (c) => c.json({ hello: c.req.param("name"), q: c.req.queries("q") }))
  .post("/echo", async (c) => c.body(await c.req.arrayBuffer(), 201, { "x-type": c.req.header("content-type") ?? "" }));
const fn = http.fetch("/*path", app.fetch);

test("a Hono app is one portable function", async () => {
  const response = await fn(testRequest({ path: "/hello/ada", query: "q=1&q=2" }));
  expect(response).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
  expect(new TextDecoder().decode((await collectBody(response.body, 100)) as Uint8Array)).toBe(
    '{"hello":"ada","q":["1","2"]}',
  );
  expect(fn.trigger).toEqual({ kind: "http", methods: ["*"], path: "/*path" });
});

test("it gets the body byte for byte, and its own 404 is its own", async () => {
  const body = new Uint8Array([0, 255, 1]);
  const response = await fn(
    testRequest({ method: "POST", path: "/echo", headers: [["content-type", "image/png"]], body }),
  );
  expect(response).toMatchObject({ status: 201, headers: { "x-type": "image/png" } });
  expect(await collectBody(response.body, 100)).toEqual(body);
  expect((await fn(testRequest({ path: "/none" }))).status).toBe(404);
});

test("an h3 app is one portable function", async () => {
  const h3 = new H3().post("/sum/:a", async (event) => ({ a: event.context.params?.a, body: await event.req.json() }));
  const portable = http.fetch("/*path", (request) => h3.fetch(request));
  const request = testRequest({
    method: "POST",
    path: "/sum/1",
    headers: [["content-type", "application/json"]],
    body: '{"b":2}',
  });
  const response = await portable(request);
  expect(response.status).toBe(200);
  expect(JSON.parse(new TextDecoder().decode((await collectBody(response.body, 100)) as Uint8Array))).toEqual({
    a: "1",
    body: { b: 2 },
  });
});

test("a method that web-standard requests cannot have is 405, and a header field with any character is passed on as its bytes", async () => {
  const see = http.fetch(
    "/*path",
    (request) => new Response(null, { headers: { "x-seen": escape(request.headers.get("x-name") ?? "") } }),
  );
  for (const method of ["TRACE", "CONNECT", "TRACK"]) expect((await see(testRequest({ method }))).status).toBe(405);
  const response = await see(testRequest({ headers: [["x-name", "日é"]] }));
  expect(response).toMatchObject({ status: 200, headers: { "x-seen": "%E6%97%A5%C3%A9" } });
});
