import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const sdks = ["@aws-sdk/", "@smithy/", "@azure/", "@google-cloud/"];
type Outputs = Readonly<
  Record<string, { readonly inputs: object; readonly imports: readonly { path: string; kind: string }[] }>
>;

/** What is used of esbuild, which is there as a part of tsup. */
interface Bundler {
  build(options: object): Promise<{ readonly metafile: { readonly outputs: Outputs } }>;
}

let folder: string;
let inputs: Outputs;

/** A function that declares a bucket, bundled as a user would bundle it: one file for each thing that is loaded on its own. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "portico-bundle-"));
  const tsup = createRequire(import.meta.url).resolve("tsup", { paths: [root] });
  const esbuild = createRequire(tsup)("esbuild") as Bundler;
  const entry = `import { bucket, http, reply } from "@portico/core";
import { resources } from "@portico/services";
const uploads = bucket("uploads", { access: ["read"] });
export const idle = http.get("/").use(resources({ uploads })).handle(() => reply.text("idle"));
export const busy = http.get("/").use(resources({ uploads })).handle(async (_r, { uploads }) => reply.json(await uploads.exists("a")));`;
  const { metafile } = await esbuild.build({
    stdin: { contents: entry, resolveDir: join(root, "test"), loader: "ts", sourcefile: "entry.ts" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    conditions: ["@portico/source"],
    mainFields: ["module", "main"],
    banner: { js: 'import { createRequire as r } from "node:module"; const require = r(import.meta.url);' },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    metafile: true,
    logLevel: "error",
  });
  inputs = metafile.outputs;
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("what a function with a bucket loads at first has no SDK in it", () => {
  const outputs = Object.entries(inputs);
  const open = outputs.filter(([name]) => name.endsWith("/stdin.mjs")).map(([name]) => name);
  expect(open).toHaveLength(1);
  const loaded = new Set<string>();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    loaded.add(name);
    const { imports = [] } = inputs[name] ?? {};
    for (const { path, kind } of imports)
      if (kind === "import-statement" && inputs[path] && !loaded.has(path)) open.push(path);
  }
  const files = [...loaded].flatMap((name) => Object.keys(inputs[name]?.inputs ?? {}));
  expect(files.filter((file) => sdks.some((sdk) => file.includes(sdk)))).toEqual([]);
  const all = outputs.flatMap(([, output]) => Object.keys(output.inputs));
  for (const sdk of ["@aws-sdk/client-s3", "@azure/storage-blob", "@google-cloud/storage"]) {
    expect(
      all.some((file) => file.includes(sdk)),
      sdk,
    ).toBe(true);
  }
});

test("a function that does not touch its bucket opens no file of an SDK, and the first touch opens that of its provider alone", async () => {
  // Each output tells when it is run.
  for (const file of readdirSync(folder)) {
    const path = join(folder, file);
    writeFileSync(path, `${readFileSync(path, "utf8")}\n(globalThis.__run ??= []).push(${JSON.stringify(file)});\n`);
  }
  const { idle, busy } = await import(pathToFileURL(join(folder, "stdin.mjs")).href);
  const { fake, json } = await import("@portico/testing");
  const run = () => (globalThis as unknown as { __run: string[] }).__run;
  process.env.PORTICO_UPLOADS = "mem://bundle";
  try {
    const before = run().length;
    expect((await idle(fake.http())).body).toBe("idle");
    expect(run().length).toBe(before);
    expect(await json(await busy(fake.http()))).toBe(false);
    const touched = run().slice(before);
    expect(touched.some((file) => file.startsWith("memory"))).toBe(true);
    expect(touched.filter((file) => /^(s3|azure-blob|gcs|dist-)/.test(file))).toEqual([]);
  } finally {
    delete process.env.PORTICO_UPLOADS;
  }
});
