// One file of a contestant, as a user would deploy it: bundled and minified.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { isPortico } from "./work/portico.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

const work = 'import { find, place } from "./work/orders.mjs";';
const imports = `
import { http as handler } from "@portico/aws/http";
import { http } from "@portico/core";
import * as reply from "@portico/core/reply";
${work}`;

/** Of a build that has no `reply` to itself. */
const withoutSubpath = (contents) =>
  contents.replace('import * as reply from "@portico/core/reply"', 'import { reply } from "@portico/core"');
const create =
  'http.post("/orders").handle(async (request) => reply.json(place(await request.json()), { status: 201 }))';

/** The code of each. */
const entries = {
  empty: "export const handler = async () => ({ statusCode: 201 });",
  "portico, one function": `${imports} export const handler_ = handler(${create}); export { handler_ as handler };`,
  portico: `${imports}
    import { router } from "@portico/router";
    const app = router([
      ${create},
      http.get("/orders/:id").handle((request) => reply.json(find(request.params.id))),
      http.get("/health").handle(() => reply.json({ ok: true })),
    ]);
    const entry = handler(app);
    export { entry as handler };`,
};

/** Gives `{ text, modules, gzipBytes, bytes }`. */
export async function bundle(name) {
  const older = name.endsWith("(before)");
  const key = name.replace(" (before)", "");
  const folder = older ? process.env.BENCH_BEFORE : root;
  const given =
    entries[key] ?? `import { orders } from "./contestants/lambda/${key}.mjs"; export const handler = orders("2.0");`;
  const hasSubpath = existsSync(join(folder, "packages/core/dist/reply.js"));
  const contents = isPortico(name) && !hasSubpath ? withoutSubpath(given) : given;
  const result = await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node20",
    write: false,
    metafile: true,
    logLevel: "error",
    banner: needsRequire(key)
      ? { js: 'import { createRequire } from "node:module"; const require = createRequire("/");' }
      : {},
    plugins: isPortico(name) ? [fromBuild(folder)] : [],
  });
  const [{ contents: bytes, text }] = result.outputFiles;
  const [{ inputs }] = Object.values(result.metafile.outputs);
  const modules = Object.values(inputs).filter(({ bytesInOutput }) => bytesInOutput > 0).length;
  return { text, modules, bytes: bytes.byteLength, gzipBytes: gzipSync(bytes, { level: 9 }).byteLength };
}

function needsRequire(name) {
  return /express|koa|fastify/.test(name);
}

function fromBuild(folder) {
  return {
    name: "portico-build",
    setup({ onResolve }) {
      onResolve({ filter: /^@portico\// }, ({ path }) => {
        const [, name, subpath = "index"] = /^@portico\/([^/]+)(?:\/(.+))?$/.exec(path);
        const file = join(folder, "packages", name, "dist", `${subpath}.js`);
        return existsSync(file) ? { path: file, sideEffects: false } : undefined;
      });
    },
  };
}
