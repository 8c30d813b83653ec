import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const run = promisify(execFile);

/** What is used of esbuild, which is there as a part of tsup. */
interface Bundler {
  build(options: object): Promise<unknown>;
}
const root = fileURLToPath(new URL("../../../..", import.meta.url));
const esbuild = createRequire(createRequire(import.meta.url).resolve("tsup", { paths: [root] }))("esbuild") as Bundler;

const library = "@azure/functions";
const extension = "@azure/functions-extensions-servicebus";
const base = "@azure/functions-extensions-base";

let app: string;
beforeEach(() => {
  app = realpathSync(mkdtempSync(join(tmpdir(), "portico-bundle-")));
});
afterEach(() => rmSync(app, { recursive: true, force: true }));

function install(place: string, code = ""): void {
  const file = join(app, "node_modules", place, "index.js");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
}

/** Bundles a program that loads the extension, runs it from another folder, and gives what it says. */
async function load(format: "cjs" | "esm", external: readonly string[], afterBundle?: () => void): Promise<string> {
  const outfile = join(app, "dist", format === "cjs" ? "main.cjs" : "main.mjs");
  const contents = `import { loadExtension } from ${JSON.stringify(join(import.meta.dirname, "extension.ts"))};
try {
  loadExtension();
  console.log("loaded", globalThis.extensions);
} catch (error) {
  console.log(error.code, error.message, error.hint);
}`;
  await esbuild.build({
    ...{ stdin: { contents, resolveDir: app }, bundle: true, platform: "node", format, outfile, external },
    ...{ conditions: ["@portico/source"], nodePaths: [join(app, "node_modules")], logLevel: "silent" },
    // The sources resolve their own; the app's is what is meant.
    alias: external.includes(library) ? {} : { [library]: join(app, "node_modules", library, "index.js") },
  });
  afterBundle?.();
  const { stdout } = await run(process.execPath, [outfile], { cwd: tmpdir(), env: { PATH: process.env.PATH } });
  return stdout.trim();
}

function installAll(): void {
  install(library, "exports.app = {};");
  install(base);
  install(extension, `require(${JSON.stringify(base)}); globalThis.extensions = 1 + (globalThis.extensions ?? 0);`);
}

test.each(["cjs", "esm"] as const)("a bundle in %s loads the extension that is installed beside it", async (format) => {
  installAll();
  expect(await load(format, [library, base, extension])).toBe("loaded 1");
});

test.each(["cjs", "esm"] as const)("a bundle in %s without the extension says what to install", async (format) => {
  install(library, "exports.app = {};");
  expect(await load(format, [library])).toMatch(
    /^CONFIG_INVALID .* needs @azure\/functions-extensions-servicebus\. Install/,
  );
});

test.each([
  ["cjs", false],
  ["cjs", true],
  ["esm", false],
] as const)("a bundle in %s with Azure's library inside is refused, gone from the disk: %s", async (format, gone) => {
  installAll();
  const said = await load(format, [base, extension], () => {
    if (gone) rmSync(join(app, "node_modules", library), { recursive: true });
  });
  expect(said).toMatch(/^CONFIG_INVALID .*copy of @azure\/functions.* "imported"/);
});
