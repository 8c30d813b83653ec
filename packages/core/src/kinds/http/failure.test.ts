import { expect, test } from "vitest";
import { testRequest } from "../../../test/source.js";
import { HandlerError } from "../../error.js";
import { createLogger } from "../../log.js";
import type { Middleware } from "../../middleware.js";
import { http } from "./function.js";
import type { HttpReply } from "./http-reply.js";
import * as reply from "./reply.js";
import { withHeaders } from "./reply-headers.js";
import type { HttpRequest } from "./request.js";

const mark: Middleware<HttpRequest, object, object, HttpReply> = async (_request, _context, next) => {
  try {
    return withHeaders(await next(), { "x-mark": "1" });
  } catch (error) {
    return withHeaders(reply.problem(error), { "x-mark": "1" });
  }
};

async function fail(thrown: unknown, ...layers: (typeof mark)[]) {
  const lines: string[] = [];
  const log = createLogger({ format: (entry) => entry, write: (line) => lines.push(line) });
  const start = layers.reduce((builder, layer) => builder.use(layer), http);
  const fn = start.get("/").handle(() => {
    throw thrown;
  });
  return { response: await fn(testRequest(), { log }), lines };
}

test.each([[[]], [[mark]]])(
  "a thrown object with a status shows nothing to the caller and is logged, as any unknown error",
  async (layers) => {
    for (const status of [403, 42]) {
      const { response, lines } = await fail({ status, config: { authorization: "Bearer x" } }, ...layers);
      expect(response.status).toBe(500);
      expect(response.body).not.toContain("Bearer");
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain("not an Error");
    }
  },
);

test.each([[[]], [[mark]]])("an error whose reply headers have a line break splits no reply", async (layers) => {
  const error = new HandlerError("UNAUTHORIZED", "no", { headers: { "www-authenticate": "a\r\nset-cookie: b=c" } });
  const { response, lines } = await fail(error, ...layers);
  expect(response.status).toBe(500);
  expect(JSON.stringify(response.headers)).not.toContain("set-cookie");
  expect(lines.join()).toContain("line break");
});

test("details that have no JSON form are left out of the reply, whose status stays", async () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  for (const details of [{ n: 1n }, cycle]) {
    const { response, lines } = await fail(new HandlerError("NOT_FOUND", "no", { details }));
    expect(response).toMatchObject({ status: 404 });
    expect(JSON.parse(response.body as string)).toMatchObject({ code: "NOT_FOUND", detail: "no" });
    expect(lines).toHaveLength(1);
  }
});

test.each(["name", "message", "stack", "code"])(
  "an error whose %s cannot be read is a 500 and a log entry",
  async (member) => {
    const error = new HandlerError("NOT_FOUND", "no");
    Object.defineProperty(error, member, {
      get() {
        throw error;
      },
    });
    const { response, lines } = await fail(error);
    expect([404, 500]).toContain(response.status);
    expect(lines).toHaveLength(1);
  },
);
