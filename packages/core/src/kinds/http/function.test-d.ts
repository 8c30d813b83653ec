import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  type AnyFunction,
  type Context,
  type HttpReply,
  type HttpRequest,
  type HttpTrigger,
  http,
  type Middleware,
  type None,
  type Params,
  reply,
  type Trigger,
  validate,
} from "../../index.js";

interface User {
  readonly name: string;
}

const signedIn: Middleware<HttpRequest, Context, { user: User }, HttpReply> = async (_request, _context, next) =>
  next({ user: { name: "ada" } });
const adminOnly: Middleware<HttpRequest, Context & { user: User }, None, HttpReply> = async (
  _request,
  { user },
  next,
) => (user.name === "root" ? next() : reply.problem({ status: 403 }));

test("path templates give typed parameters", () => {
  expectTypeOf<Params<"/tenants/:tenant/orders/:id">>().toEqualTypeOf<{ tenant: string; id: string }>();
  expectTypeOf<Params<"/files/*path">>().toEqualTypeOf<{ path: string }>();
  const get = http.get("/tenants/:tenant").handle((request) => {
    expectTypeOf(request.params.tenant).toEqualTypeOf<string>();
    // @ts-expect-error no such parameter
    request.params.order;
    return reply.text("");
  });
  // @ts-expect-error the parameter is missing
  get({} as HttpRequest<{ other: string }>);
});

test("layers add to the context, in order", () => {
  http
    .get("/")
    .use(signedIn)
    .use(adminOnly)
    .use(async (_request, { user }, next) => {
      if (user.name === "") return reply.text("early");
      return next({ session: 42 });
    })
    .handle((_request, context) => {
      expectTypeOf(context.user).toEqualTypeOf<User>();
      expectTypeOf(context.session).toEqualTypeOf<number>();
      return reply.empty();
    });
  // @ts-expect-error adminOnly needs a user, which nothing has added yet
  http.get("/").use(adminOnly);
  http
    .use(signedIn)
    .use(adminOnly)
    .post("/x/:id")
    .handle((request, { user }) => reply.json({ id: request.params.id, user }));
});

test("validated input is typed by the schema", () => {
  http
    .post("/orders/:id")
    .use(validate(z.object({ sku: z.string() })))
    .handle((_request, { input }) => {
      expectTypeOf(input).toEqualTypeOf<{ sku: string }>();
      return reply.json(input);
    });
  http
    .get("/orders/:id")
    .use(validate({ query: z.object({ page: z.coerce.number() }), params: z.object({ id: z.string() }) }))
    .handle((_request, { input }) => {
      expectTypeOf(input.query.page).toEqualTypeOf<number>();
      expectTypeOf(input.params.id).toEqualTypeOf<string>();
      return reply.json(input);
    });
});

test("a handler must reply", () => {
  // @ts-expect-error nothing returned
  http.get("/").handle(() => {});
  http.get("/").handle(async () => Response.json({}));
});

test("adapters take functions of their kind alone", () => {
  const take = (_fn: AnyFunction<HttpTrigger, HttpReply>) => undefined;
  take(http.get("/x/:id").handle(() => reply.empty()));
  // @ts-expect-error another kind
  take({} as AnyFunction<Trigger<"queue">, HttpReply>);
});
