import { type Context, http, type Identity, reply } from "@portico/core";
import { expectTypeOf, test } from "vitest";
import { cors } from "./cors.js";
import { jwt } from "./jwt.js";
import { requestId } from "./request-id.js";
import { timeout } from "./timeout.js";

const trusted = {
  issuer: "https://id.example.com/",
  audience: "orders",
  jwks: "https://id.example.com/jwks.json",
} as const;

test("layers add what they promise, and keep the parameters", () => {
  http
    .use(cors({ origin: "*" }))
    .use(requestId())
    .use(timeout(1000))
    .use(jwt(trusted))
    .get("/orders/:id")
    .handle((request, context) => {
      expectTypeOf(request.params).toEqualTypeOf<Readonly<{ id: string }>>();
      expectTypeOf(context.requestId).toEqualTypeOf<string>();
      expectTypeOf(context.identity).toEqualTypeOf<Identity>();
      expectTypeOf(context.claims).toEqualTypeOf<Readonly<Record<string, unknown>>>();
      expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
      expectTypeOf(context).toExtend<Context>();
      return reply.empty();
    });
  http
    .post("/orders/:id")
    .use(cors({ origin: ["https://a.test", /b/] }))
    .use(requestId())
    .use(timeout(1000))
    .handle((request, { requestId }) => reply.text(request.params.id + requestId));
});

test("an optional token may be absent", () => {
  http
    .get("/")
    .use(jwt({ ...trusted, optional: true }))
    .handle((_request, { identity }) => {
      expectTypeOf(identity).toEqualTypeOf<Identity | undefined>();
      return reply.empty();
    });
});

test("keys come from one place, and issuer and audience are asked for", () => {
  // @ts-expect-error both a secret and a JWKS
  jwt({ ...trusted, secret: "x" });
  // @ts-expect-error no keys
  jwt({ issuer: "i", audience: "a" });
  // @ts-expect-error no audience
  jwt({ issuer: "i", secret: "x" });
  // @ts-expect-error no issuer
  jwt({ audience: "a", secret: "x" });
  jwt({ issuer: ["i", "j"], audience: false, secret: new Uint8Array(32) });
  // @ts-expect-error a number is no origin
  cors({ origin: 5 });
});
