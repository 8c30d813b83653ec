// A GET of the last of so many routes.
import assert from "node:assert/strict";
import { LambdaContext, payloadV2 } from "../work/lambda.mjs";
import { find } from "../work/orders.mjs";
import { builds, isPortico } from "../work/portico.mjs";

export const figures = [3, 30, 300].map((count) => ({
  file: "routes",
  name: `growth-routes-${count}`,
  title: `Lambda, GET of the last of ${count} routes`,
  unit: "us",
  names: ["bare", ...builds, "hono", "middy"],
  enter: (name) => enter(name, count),
}));

const json = (value) => ({
  statusCode: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

const contestants = {
  // A table by the first segment: what does not grow either.
  bare: (count) => {
    const routes = new Map(Array.from({ length: count }, (_, index) => [`r${index}`, (id) => json(find(id))]));
    return async ({ rawPath }) => {
      const [, first, id] = rawPath.split("/");
      return routes.get(first)(decodeURIComponent(id));
    };
  },
  hono: async (count) => {
    const [{ Hono }, { handle }] = await Promise.all([import("hono"), import("hono/aws-lambda")]);
    const app = new Hono();
    for (let index = 0; index < count; index += 1) app.get(`/r${index}/:id`, (c) => c.json(find(c.req.param("id"))));
    return handle(app);
  },
  middy: async (count) => {
    const [{ default: middy }, { default: router }] = await Promise.all([
      import("@middy/core"),
      import("@middy/http-router"),
    ]);
    const handler = async ({ pathParameters }) => json(find(pathParameters.id));
    return middy().handler(
      router(Array.from({ length: count }, (_, index) => ({ method: "GET", path: `/r${index}/{id}`, handler }))),
    );
  },
};

async function enter(name, count) {
  const { load } = await import("../contestants/lambda/portico.mjs");
  const call = isPortico(name) ? (await load(name)).many(count) : await contestants[name](count);
  const text = payloadV2({ method: "GET", path: `/r${count - 1}/ord_0042` });
  const fresh = () => [JSON.parse(text), new LambdaContext()];
  const { statusCode, body } = await call(...fresh());
  assert.equal(statusCode, 200);
  assert.deepEqual(JSON.parse(body), find("ord_0042"));
  return { call, fresh };
}
