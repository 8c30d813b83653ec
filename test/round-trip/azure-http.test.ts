import type { HttpHandler, InvocationContext } from "@azure/functions";
import { InvocationContext as Context } from "@azure/functions";
import * as azure from "@portico/azure";
import * as wrap from "@portico/azure/wrap";
import { type HttpRequest, http, type Invocation, invoke, reply } from "@portico/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../../packages/azure/test/worker.js";
import { events } from "../../packages/core/test/events.js";
import { cases } from "../../packages/core/test/random.js";
import { testRequest } from "../../packages/core/test/source.js";

let count = 0;
const invocation = (): InvocationContext =>
  new Context({ invocationId: "1", functionName: "f", logHandler: () => undefined });

async function refusal(error: unknown): Promise<undefined> {
  expect(error).toMatchObject({ code: "EVENT_UNENCODABLE", permanent: true, details: { field: expect.any(String) } });
  return undefined;
}

/** Space around a value is no part of it, and several lines are one. */
const fieldsOf = ({ headers }: HttpRequest) =>
  Object.fromEntries(
    [...headers]
      .filter(([name]) => !["host", "x-forwarded-for", "transfer-encoding"].includes(name))
      .filter(([name]) => !name.startsWith("x-ms-client-principal"))
      .map(([name]) => [
        name,
        headers
          .getAll(name)
          .map((line) => line.trim())
          .join(name === "cookie" ? "; " : ",")
          .trim(),
      ]),
  );

async function factsOf(request: HttpRequest) {
  const { method, path, query, clientIp } = request;
  return {
    method,
    path,
    query: String(query),
    headers: fieldsOf(request),
    clientIp,
    body: [...(await request.bytes())],
  };
}

describe.each([{ httpStream: false }, { httpStream: true }])("HTTP, %o", ({ httpStream }) => {
  test("any request comes back as it was, or is refused by the name of what cannot be carried", async () => {
    await fc.assert(
      fc.asyncProperty(events.http as fc.Arbitrary<HttpRequest>, async (sent) => {
        const native = await wrap.encodeHttp(sent, { httpStream }).catch(refusal);
        if (!native) return;
        count += 1;
        let back: Awaited<ReturnType<typeof factsOf>> | undefined;
        let identity: HttpRequest["identity"];
        const fn = http.any("/*rest").handle(async (request) => {
          back = await factsOf(request);
          identity = request.identity;
          return reply.empty();
        });
        const handle = azure.http(`trip${count}`, fn, { trust: ["easy-auth"], bodyLimit: 10_000_000 });
        await handle(native, invocation());
        const facts = await factsOf(sent);
        expect(back).toEqual({ ...facts, clientIp: sent.clientIp ?? back?.clientIp });
        expect(identity?.id).toBe(sent.identity?.id);
        // An identity without a name has its id for one, as Easy Auth always tells some name.
        if (sent.identity) expect(identity?.name).toBe(sent.identity.name || sent.identity.id || undefined);
      }),
      cases(200),
    );
  });
});

test("any call's payload comes back, or is refused", async () => {
  await fc.assert(
    fc.asyncProperty(events.invoke as fc.Arbitrary<Invocation>, async (sent) => {
      const native = await wrap.encodeInvoke(sent, { name: "quote" }).catch(refusal);
      if (!native) return;
      count += 1;
      let back: unknown = "not called";
      const fn = invoke("quote").handle(({ payload }) => {
        back = payload;
      });
      const answer = await azure.invoke(`trip${count}`, fn)(native, invocation());
      // No payload is null; a key that would set a prototype is not let in, here as anywhere.
      if (answer.status === 400) return;
      expect(back).toEqual(JSON.parse(JSON.stringify(sent.payload ?? null)));
    }),
    cases(200),
  );
});

const replies = fc.record({
  status: fc.constantFrom(200, 201, 301, 404, 500, 503),
  headers: fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.stringMatching(/^[a-z]{1,10}$/), { maxKeys: 3 }),
  cookies: fc.array(
    fc.record({ name: fc.stringMatching(/^[a-z]{1,5}$/), value: fc.stringMatching(/^[a-z ;%é]{0,8}$/) }),
    {
      maxLength: 2,
    },
  ),
  body: fc.uint8Array({ minLength: 1, maxLength: 30 }),
});

test("any reply of a handler is the same reply", async () => {
  await fc.assert(
    fc.asyncProperty(replies, async ({ status, headers, cookies, body }) => {
      const handler: HttpHandler = async () => ({ status, headers, cookies, body });
      const fn = wrap.http(handler, { path: "/" });
      const response = await fn(testRequest({ method: "POST" }), {});
      if (response.status === 500 && status !== 500) throw response.error;
      expect(response).toMatchObject({ status, headers });
      expect([...(response.body as Uint8Array)]).toEqual([...body]);
      const lines = cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}; Path=/`);
      expect([response.headers["set-cookie"] ?? []].flat()).toEqual(lines);
    }),
    cases(100),
  );
});
