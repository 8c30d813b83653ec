// A function app as a user would deploy it: portable functions, registered with Azure Functions.
import { http as azureHttp, setup } from "@portico/azure";
import { HandlerError, http, reply } from "@portico/core";

if (process.env.STREAMING === "1") setup({ enableHttpStream: true });

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const register = (name, fn, options) => azureHttp(name, fn, { timeoutMs: 60_000, ...options });

register(
  "a-root",
  http.get("/").handle((request) => reply.json({ path: request.path, base: request.basePath })),
);
register(
  "create",
  http.post("/tenants/:tenant/orders").handle(async (request, { id, log, trace }) => {
    log.info("order received", { tenant: request.params.tenant });
    const body = { input: await request.json(), params: request.params, query: [...request.query], id, trace };
    return reply.json(body, { status: 201 });
  }),
);
register(
  "echo",
  http.any("/echo/*rest").handle((request) =>
    reply.json({
      method: request.method,
      path: request.path,
      rest: request.params.rest,
      url: request.url,
      basePath: request.basePath,
      clientIp: request.clientIp,
      identity: request.identity ?? null,
      headers: [...request.headers],
    }),
  ),
);
register(
  "binary",
  http.post("/binary").handle(async (request) => reply.bytes(await request.bytes())),
);
register(
  "length",
  http.post("/length").handle(async (request) => {
    const chunks = [];
    for await (const chunk of request.body ?? []) chunks.push(chunk.byteLength);
    return reply.json({ chunks, total: chunks.reduce((sum, length) => sum + length, 0) });
  }),
);
register(
  "cookies",
  http.get("/cookies/:count").handle((request) => {
    const lines = [
      "plain=1; Path=/; HttpOnly",
      "encoded=x%20y%3B%3D%C3%A9; Max-Age=60; Secure; SameSite=None",
      "gone=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/",
      "chips=a+b==; Domain=my_host.example; Secure; Partitioned; SameSite=Lax",
    ];
    const [one] = lines.slice(-1);
    return reply.text("", { headers: { "set-cookie": request.params.count === "one" ? one : lines } });
  }),
);
register(
  "stream",
  http.get("/stream").handle(() =>
    reply.stream(
      (async function* () {
        for (let index = 0; index < 3; index += 1) {
          yield `chunk ${index};`;
          await pause(120);
        }
      })(),
    ),
  ),
);
register(
  "fails-midway",
  http.get("/fails/:after").handle((request) =>
    reply.stream(
      (async function* () {
        for (let index = 0; index < Number(request.params.after); index += 1) {
          yield "before ";
          await pause(30);
        }
        throw new Error("the source broke");
      })(),
    ),
  ),
);
register(
  "endless",
  http.get("/endless").handle((_request, { signal, log, waitUntil: _ }) =>
    reply.stream(
      (async function* () {
        try {
          for (let count = 0; ; count += 1) {
            yield new Uint8Array(64 * 1024);
            if (count % 16 === 0) log.info("sent", { mebibytes: count / 16 });
          }
        } finally {
          log.info("stream over", { aborted: signal.aborted });
        }
      })(),
    ),
  ),
  { timeoutMs: 1500 },
);
register(
  "waits",
  http.get("/waits").handle((_request, { signal, log }) =>
    reply.stream(
      (async function* () {
        yield "first";
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        log.info("left", { code: signal.reason.code });
      })(),
    ),
  ),
);
register(
  "never",
  http.get("/never").handle(() => new Promise(() => {})),
  { timeoutMs: 400 },
);
register(
  "silent-stream",
  http.get("/silent-stream").handle(() =>
    reply.stream(
      (async function* () {
        await new Promise(() => {});
        yield "";
      })(),
    ),
  ),
  { timeoutMs: 400 },
);
register(
  "throws",
  http.get("/throws/:what").handle(({ params }) => {
    if (params.what === "undefined") throw undefined;
    if (params.what === "null") return Promise.reject(null);
    if (params.what === "known") throw new HandlerError("CONFLICT", "It is taken.");
    throw new Error("secret");
  }),
);
register(
  "odd",
  http.get("/odd/:what").handle(({ params }) => {
    if (params.what === "nothing") return undefined;
    if (params.what === "text") return "text";
    if (params.what === "status") return { status: 42, headers: {}, body: null };
    if (params.what === "untyped") return { status: 200, headers: {}, body: "untyped" };
    if (params.what === "empty") return reply.empty();
    return new Response("native", { status: 202, headers: { "x-native": "1" } });
  }),
);
register(
  "term",
  http.get("/until-shutdown").handle(
    (_request, { signal, log }) =>
      new Promise((resolve) => {
        log.info("waiting");
        signal.addEventListener("abort", () => {
          log.info("shutting down", { code: signal.reason.code });
          resolve(reply.text("stopped"));
        });
      }),
  ),
);
