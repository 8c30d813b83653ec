// Functions as a user would deploy them, and some that no user should.
import { http as deploy, native } from "@portico/aws/http";
import { http, reply } from "@portico/core";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const echo = deploy(
  http.any("/*path").handle(async (request, context) => {
    context.log.info("seen", { path: request.path });
    return reply.json({
      method: request.method,
      path: request.path,
      query: [...request.query],
      cookies: request.cookies,
      body: await request.text(),
      id: context.id,
      arn: native(context).context.invokedFunctionArn,
      region: context.region,
      remaining: context.remainingMs() > 0,
      coldStart: context.coldStart,
      trace: context.trace.traceId,
      node: process.versions.node,
    });
  }),
);
export const bytes = deploy(
  http
    .post("/bytes")
    .handle(async (request) =>
      reply.bytes(await request.bytes(), { cookies: { a: "1", b: "2" }, headers: { "x-list": ["a", "b"] } }),
    ),
);
export const slow = deploy(http.get("/").handle(() => new Promise(() => {})));
export const blocked = deploy(
  http.get("/:what").handle(({ params }) => {
    if (params.what === "exit") process.exit(3);
    if (params.what === "block") for (;;);
    return reply.text("fine");
  }),
);
export const rejects = async () => {
  throw new TypeError("not for clients");
};
export const busy = deploy(
  http.get("/").handle(async () => {
    await pause(100);
    return reply.text(String(process.pid));
  }),
);

async function* ticks(count, onEnd) {
  try {
    for (let n = 1; n <= count; n += 1) {
      yield `tick ${n}\n`;
      await pause(60);
    }
  } finally {
    onEnd?.();
  }
}
const what = {
  ticks: () => reply.stream(ticks(4), { headers: { "content-type": "text/plain" }, cookies: { a: "1", b: "2" } }),
  forever: (context) =>
    reply.stream(
      ticks(Number.POSITIVE_INFINITY, () => context.log.info("source ended")),
      { headers: { "content-type": "text/plain" } },
    ),
  events: (context) =>
    reply.sse(
      (async function* () {
        for await (const data of ticks(Number.POSITIVE_INFINITY, () => context.log.info("source ended")))
          yield { data };
      })(),
    ),
  empty: () => reply.empty({ headers: { "x-one": "1" } }),
  text: () => reply.text("short"),
  error: () => {
    throw new Error("not for clients");
  },
  broken: () =>
    reply.stream(
      (async function* () {
        yield "start";
        await pause(30);
        throw new RangeError("midway");
      })(),
    ),
  never: () => new Promise(() => {}),
  large: () =>
    reply.stream(
      (async function* () {
        for (let n = 0; n < 160; n += 1) yield new Uint8Array(65536).fill(n);
      })(),
    ),
};
export const stream = deploy(
  http.get("/:what").handle((request, context) => what[request.params.what](context)),
  { stream: true },
);
