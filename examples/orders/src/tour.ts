import { http, reply } from "@portico/core";
import { timeout } from "@portico/middleware/timeout";

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** What a handler sees of a request; of the headers, those named `x-demo-*`. */
const echo = http.any("/echo/:first/*rest").handle(async (request) => {
  const demo = [...request.headers.keys()].filter((name) => name.startsWith("x-demo-"));
  return reply.json({
    method: request.method,
    path: request.path,
    params: request.params,
    query: [...request.query],
    headers: demo.map((name) => [name, request.headers.list(name)]),
    cookies: request.cookies,
    hasClientIp: request.clientIp !== undefined,
    body: await request.text(),
  });
});

const setCookies = http.get("/cookies").handle(() =>
  reply.text("three cookies", {
    cookies: {
      session: { value: "a b;c", httpOnly: true, secure: true, sameSite: "Lax", path: "/" },
      theme: { value: "dark", maxAge: 31_536_000, expires: new Date("2030-01-01T00:00:00Z") },
      old: { value: "", maxAge: 0 },
    },
  }),
);

const fails = http.get("/fails").handle(() => {
  throw new Error("the password of the database is hunter2");
});

const tooSlow = http
  .get("/slow")
  .use(timeout(30))
  .handle(async () => {
    await pause(500);
    return reply.text("too late");
  });

/** Any web-standard Response is a reply, too. */
const webResponse = http.get("/response").handle(() => {
  const response = new Response("from a web-standard Response", {
    status: 203,
    headers: { "x-demo-kind": "Response" },
  });
  response.headers.append("set-cookie", "a=1");
  response.headers.append("set-cookie", "b=2; Path=/");
  return response;
});

const chunks = http.get("/chunks").handle(() => {
  async function* lines() {
    for (let line = 1; line <= 5; line += 1) {
      if (line > 1) await pause(60);
      yield `line ${line}\n`;
    }
  }
  return reply.stream(lines(), { headers: { "content-type": "text/plain; charset=utf-8" } });
});

/** One function for each corner of HTTP that the demo looks into. */
export const tour = [echo, setCookies, fails, tooSlow, webResponse, chunks];
