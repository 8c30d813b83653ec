// One HTTP function per thing that every cell must do. Plain JavaScript, so that each cloud's own runtime can load it as it stands.
import { HandlerError, http, reply, validate, withHeaders } from "@portico/core";
import { router } from "@portico/router";
import { z } from "zod";

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Marks every reply, errors included. */
const mark = async (_request, _context, next) => {
  try {
    return withHeaders(await next(), { "x-mark": "1" });
  } catch (error) {
    return withHeaders(reply.problem(error), { "x-mark": "1" });
  }
};

/** What the function saw, for the test to compare with what was sent. */
const echo = http.any("/echo/*rest").handle(async (request) => {
  const names = request.headers.list("x-show");
  const url = new URL(request.url);
  return reply.json({
    kind: request.kind,
    method: request.method,
    path: request.path,
    rest: request.params.rest,
    target: url.pathname + url.search,
    query: [...request.query],
    headers: Object.fromEntries(names.map((name) => [name, request.headers.get(name)])),
    lists: Object.fromEntries(names.map((name) => [name, request.headers.list(name)])),
    cookies: { ...request.cookies },
    contentType: request.headers.get("content-type"),
    body: hex(await request.bytes()),
    id: request.id !== "",
    time: Number.isFinite(request.time.getTime()),
  });
});

const item = http.get("/items/:id").handle((request) => reply.json(request.params));
const text = http.post("/text").handle(async (request) => reply.text(await request.text()));
const json = http.post("/json").handle(async (request) => reply.json(await request.json()));
const bytes = http
  .post("/bytes")
  .handle(async (request) =>
    reply.bytes(await request.bytes(), { headers: { "content-type": request.headers.get("content-type") ?? "" } }),
  );
const bodyStream = http.post("/body-stream").handle(async (request) => {
  let length = 0;
  for await (const chunk of request.body ?? []) length += chunk.byteLength;
  return reply.json({ length });
});
const form = http.post("/form").handle(async (request) => {
  const fields = [...(await request.formData())].map(async ([name, value]) =>
    typeof value === "string"
      ? [name, value]
      : [name, { name: value.name, type: value.type, bytes: hex(await value.arrayBuffer()) }],
  );
  return reply.json(await Promise.all(fields));
});
const order = http
  .post("/orders/:id")
  .use(validate({ body: z.object({ sku: z.string() }), params: z.object({ id: z.coerce.number() }) }))
  .handle((_request, { input }) => reply.json(input, { status: 201 }));
const context = http.get("/context").handle((_request, { id, functionName, platform, signal, trace, remainingMs }) =>
  reply.json({
    id: typeof id === "string" && id !== "",
    functionName: typeof functionName === "string" && functionName !== "",
    platform,
    aborted: signal.aborted,
    trace: `${trace.traceId} ${trace.spanId}`,
    remaining: remainingMs() > 0,
  }),
);
const waits = http.get("/waits").handle((_request, { waitUntil, log }) => {
  waitUntil(pause(20).then(() => log.warn("waited for")));
  return reply.text("sent");
});

/** The reply that the request describes. */
const mirror = http.post("/mirror").handle(async (request) => {
  const { status, headers, cookies, body } = await request.json();
  const type = { "content-type": "application/octet-stream" };
  return reply.bytes(Buffer.from(body, "hex"), { status, headers: { ...headers, ...type }, cookies });
});

async function* parts() {
  for (const part of ["one ", "zwei ü ", "three"]) {
    yield part;
    await pause(30);
  }
}
async function* broken() {
  yield "start ";
  await pause(20);
  throw new Error("a secret reason");
}
async function* states() {
  for (const state of ["placed", "paid"]) yield { event: "state", id: state, data: { state } };
}

const replies = {
  text: () => reply.text("grüße 🎈"),
  html: () => reply.html("<p>ü</p>"),
  json: () => reply.json({ text: "ü", nested: [1, null, { a: true }] }),
  bytes: () => reply.bytes(Uint8Array.from({ length: 256 }, (_, index) => index)),
  empty: () => reply.empty(),
  "empty-text": () => reply.text(""),
  created: () => reply.json({ id: 1 }, { status: 201, headers: { location: "/items/1" } }),
  "not-modified": () => reply.text("ignored", { status: 304, headers: { etag: '"x"' } }),
  redirect: () => reply.redirect("/ziel?x=1 ü", { status: 303 }),
  cookies: () =>
    reply.text("cookies", {
      cookies: {
        plain: "1",
        encoded: "ü;,= x",
        full: {
          value: "v",
          path: "/a",
          domain: "example.com",
          maxAge: 60,
          expires: new Date(Date.UTC(2030, 0, 2, 3, 4, 5)),
          httpOnly: true,
          secure: true,
          sameSite: "None",
        },
        gone: { value: "", maxAge: 0 },
      },
    }),
  cookie: () => reply.text("one cookie", { cookies: { sid: { value: "abc", httpOnly: true } } }),
  headers: () =>
    reply.text("headers", { headers: { "x-one": "a, b", "x-two": ["c", "d"], "x-empty": "", "x-tab": "a\tb" } }),
  problem: () => reply.problem({ status: 402, title: "Out of credit", balance: 30 }),
  known: () => {
    throw new HandlerError("CONFLICT", "Already there.", { details: { id: 7 } });
  },
  teapot: () => reply.text("short and stout", { status: 418 }),
  unavailable: () => {
    throw new HandlerError("UNAVAILABLE", "Come back later.", { headers: { "retry-after": "5" } });
  },
  response: () =>
    new Response("from a Response ü", {
      status: 202,
      headers: [
        ["x-one", "1"],
        ["set-cookie", "a=1; Path=/"],
      ],
    }),
  stream: () => reply.stream(parts(), { headers: { "content-type": "text/plain; charset=utf-8" } }),
  // As the `Response` of a compressed upstream is.
  fetched: () =>
    Object.defineProperty(
      new Response("inflated by fetch", {
        headers: { "content-type": "text/plain", "content-encoding": "gzip", "content-length": "99" },
      }),
      "url",
      { value: "https://upstream.example/" },
    ),
  "web-stream": () => new Response(new Response("streamed").body, { headers: { "content-type": "text/plain" } }),
  sse: () => reply.sse(states()),
  large: () => reply.text("x".repeat(1_000_000)),
  "broken-stream": () => reply.stream(broken(), { headers: { "content-type": "text/plain" } }),
  throw: () => {
    throw new Error("a secret reason");
  },
  "throw-undefined": () => {
    throw undefined;
  },
  reject: () => Promise.reject("a secret reason"),
  nothing: () => undefined,
  number: () => 42,
  status: () => ({ status: 42, headers: {}, body: null }),
  split: () => reply.text("x", { headers: { "x-one": "a\r\nset-cookie: evil=1" } }),
  cycle: () => {
    const value = {};
    value.value = value;
    return reply.json(value);
  },
  never: () => new Promise(() => {}),
};
const replyFunctions = Object.entries(replies).map(([name, handler]) => http.get(`/reply/${name}`).handle(handler));

export const app = router(
  [echo, item, text, json, bytes, bodyStream, form, order, context, waits, mirror, ...replyFunctions],
  {
    use: [mark],
  },
);
