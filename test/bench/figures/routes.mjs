// A GET of the last of so many routes.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { LambdaContext, payloadV2 } from "../work/lambda.mjs";
import { find } from "../work/orders.mjs";
import { builds, isPortico, loadPortico } from "../work/portico.mjs";

export const figures = [
  ...[3, 30, 300].map((count) => ({
    file: "routes",
    name: `growth-routes-${count}`,
    title: `Lambda, GET of the last of ${count} routes`,
    unit: "us",
    names: ["bare", ...builds, "hono", "middy"],
    enter: (name) => enter(name, count),
  })),
  {
    file: "routes",
    name: "route-lookup",
    title: "Finding one of 30 routes and its parameter, of a path in its canonical spelling",
    unit: "us",
    perCall: 200,
    names: ["map", "tree", "rou3"],
    enter: (name) => enterLookup(name, 30),
  },
];

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

const finders = {
  /** The floor: a table by the first segment. */
  map: async (templates) => {
    const routes = new Map(templates.map((template) => [template.split("/")[1], template]));
    return (path) => {
      const end = path.indexOf("/", 1);
      return routes.has(path.slice(1, end)) ? path.slice(end + 1) : undefined;
    };
  },
  /** What `@portico/router` does. */
  tree: async (templates) => {
    const { Tree } = await loadTree();
    const { compilePath, parsePath } = await loadPortico("portico", "core/dist/adapter.js");
    const tree = new Tree();
    for (const template of templates) tree.at(parsePath(template), () => compilePath(template));
    return (path) => tree.first(path)?.(path)?.id;
  },
  /** What it would have to do with rou3, to which a few characters mean something that they do not mean in a path. */
  rou3: async (templates) => {
    const { addRoute, createRouter, findRoute } = await import("rou3");
    const router = createRouter();
    for (const template of templates) addRoute(router, "GET", template, template);
    return (path) =>
      decodeURIComponent(findRoute(router, "GET", path.replace(/[*:(){}?+\\]/g, encodeURIComponent))?.params.id);
  },
};

/** The router's tree, which it keeps to itself. */
async function loadTree() {
  const { build } = await import("esbuild");
  const entry = fileURLToPath(new URL("../../../packages/router/src/tree.ts", import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}

async function enterLookup(name, count) {
  const find = await finders[name](Array.from({ length: count }, (_, index) => `/r${index}/:id`));
  const paths = Array.from({ length: 200 }, (_, index) => `/r${(index * 7) % count}/ord_${index}`);
  for (const [index, path] of paths.entries()) assert.equal(find(path), `ord_${index}`);
  const call = (all) => {
    for (const path of all) find(path);
  };
  return { call, fresh: () => [paths] };
}
