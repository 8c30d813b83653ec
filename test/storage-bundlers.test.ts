import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

/** What is used of esbuild, which is there as a part of tsup. */
interface Bundler {
  build(options: object): Promise<{ readonly warnings: readonly { readonly text: string }[] }>;
}
const esbuild = createRequire(createRequire(import.meta.url).resolve("tsup", { paths: [root] }))("esbuild") as Bundler;

const entry = `import { bucket } from "@portico/core";
import { openStore, resources } from "@portico/services";
const uploads = bucket("uploads", { access: ["read"] });
export const say = (error) => [error.code, error.message, error.hint].join(" | ");
export const declare = (url) => resources({ uploads }, { uploads: url });
export const touch = (url) => openStore(url).exists("a");`;

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "portico-bundlers-")));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Somebody's project with the packages as they are published, and what else is installed. */
function project(name: string, installed: readonly string[]): string {
  const at = join(folder, name);
  for (const one of ["core", "services"]) {
    const target = join(at, "node_modules/@portico", one);
    mkdirSync(target, { recursive: true });
    for (const part of ["package.json", "dist"]) {
      const source = join(root, "packages", one, part);
      if (existsSync(source)) cpSync(source, join(target, part), { recursive: true });
    }
  }
  for (const one of installed) {
    const target = join(at, "node_modules", one);
    mkdirSync(join(target, ".."), { recursive: true });
    symlinkSync(realpathSync(join(root, "packages/services/node_modules", one)), target);
  }
  writeFileSync(join(at, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(at, "entry.js"), entry);
  return at;
}

async function bundle(at: string, minify: boolean): Promise<string> {
  const outfile = join(at, minify ? "min.js" : "out.js");
  const plain = { bundle: true, platform: "node", format: "esm", logLevel: "silent" };
  const { warnings } = await esbuild.build({ absWorkingDir: at, entryPoints: ["entry.js"], outfile, minify, ...plain });
  expect(warnings.map(({ text }) => text)).toEqual([]);
  return outfile;
}

async function answer(file: string, code: string): Promise<string> {
  const keys = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
  const text = `import * as m from ${JSON.stringify(file)}; const show = (error) => console.log(m.say(error));\n${code}`;
  // That of whoever runs the tests has all packages of this repository.
  const how = { env: { ...process.env, NODE_PATH: "", ...keys } };
  return (await run(process.execPath, ["--input-type=module", "-e", text], how)).stdout.trim();
}

test("a bundle without the SDKs is built, and the declaration of a store names the package that is missing", async () => {
  const at = project("without", []);
  for (const minify of [false, true]) {
    const file = await bundle(at, minify);
    for (const [url, name] of [
      ["s3://b", "@aws-sdk/client-s3"],
      ["azblob://a/c", "@azure/storage-blob"],
      ["gs://b", "@google-cloud/storage"],
    ]) {
      const code = `try { m.declare("${url}"); } catch (error) { show(error); }`;
      const said = `CONFIG_INVALID | A store needs ${name}, which is not installed. | npm install ${name}`;
      expect(await answer(file, code)).toBe(said);
    }
    expect(await answer(file, 'm.declare("mem://a"); console.log(await m.touch("mem://a"));')).toBe("false");
  }
}, 120_000);

test("a plain bundle in a module with the SDK in it asks the service at the first touch", async () => {
  const at = project("with", ["@aws-sdk/client-s3"]);
  const file = await bundle(at, false);
  // Nobody listens there: that it is asked is what matters.
  const url = "s3://b?region=eu-west-1&endpoint=http://127.0.0.1:9";
  expect(await answer(file, `m.declare("${url}"); await m.touch("${url}").catch(show);`)).toMatch(/^UNAVAILABLE/);
}, 120_000);
