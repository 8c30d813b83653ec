import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);
let project: string;

/** An empty project of somebody else, with the packages as they would be published. */
beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "portico-user-"));
  const { pack } = await import(pathToFileURL(join(root, "scripts/pack.mjs")).href);
  const tarballs: string[] = pack(join(project, "packed"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  const peers = ["@azure/functions@4.16.5", "@google-cloud/functions-framework@5.0.5", "@types/node@20"];
  // The runtime client of Lambda is an optional peer, and would compile itself.
  await run("npm", ["install", ...quiet, "--omit=optional", "--ignore-scripts", ...tarballs, ...peers], {
    cwd: project,
  });
}, 180_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

function copy(name: string, edit = (text: string) => text): string {
  const text = readFileSync(join(root, "test/readme", name), "utf8");
  writeFileSync(join(project, name), edit(text));
  return name;
}

const tsc = createRequire(import.meta.url).resolve("typescript/lib/tsc.js");

test("the README's code compiles against the packed declarations, with and without the DOM's types", async () => {
  const files = ["hello.ts", "hello-test.ts", "layers.ts"].map((name) => copy(name));
  const adapters = ["aws", "azure", "gcp", "node"].map((name) => `import * as ${name} from "@portico/${name}";`);
  writeFileSync(join(project, "adapters.ts"), `${adapters.join("\n")}\nexport default [aws, azure, gcp, node];\n`);
  const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
  const options = ["--noEmit", ...strict, "--target", "es2023", "--types", "node"];
  for (const [module, resolution, lib] of [
    ["nodenext", "nodenext", "es2023"],
    ["esnext", "bundler", "es2023,dom"],
  ] as const) {
    const how = ["--module", module, "--moduleResolution", resolution, "--lib", lib];
    await run(process.execPath, [tsc, ...options, ...how, ...files, "adapters.ts"], { cwd: project });
  }
});

test("CommonJS can require the packages, as docs/platforms.md says", async () => {
  writeFileSync(join(project, "require.cjs"), 'console.log(typeof require("@portico/core").http.get);\n');
  const { stdout } = await run(process.execPath, ["require.cjs"], { cwd: project });
  expect(stdout.trim()).toBe("function");
  writeFileSync(join(project, "require.cts"), 'import { http } from "@portico/core";\nhttp.get("/");\n');
  const options = ["--noEmit", "--skipLibCheck", "--target", "es2023", "--types", "node", "require.cts"];
  await run(process.execPath, [tsc, "--module", "nodenext", ...options], { cwd: project });
  await expect(run(process.execPath, [tsc, "--module", "node16", ...options], { cwd: project })).rejects.toMatchObject({
    stdout: expect.stringContaining("TS1479"),
  });
});

test("the README's unit test runs", async () => {
  const file = copy("hello-test.ts").replace(".ts", ".mjs");
  writeFileSync(join(project, file), readFileSync(join(project, "hello-test.ts"), "utf8"));
  const { stdout } = await run(process.execPath, [file], { cwd: project });
  expect(stdout.trim()).toBe("200 { hello: 'ada' }");
});

test("the README's server answers, and stops when it is told to", async () => {
  writeFileSync(
    join(project, "hello.mjs"),
    readFileSync(join(root, "test/readme/hello.ts"), "utf8").replace("8080", "0"),
  );
  const child = spawn(process.execPath, ["hello.mjs"], { cwd: project, stdio: ["ignore", "pipe", "inherit"] });
  const closed = new Promise((resolve) => child.on("close", resolve));
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        const [match] = /http:[^\s"]+\/hello\/world/.exec(text) ?? [];
        if (match) resolve(match);
      });
      child.on("close", () => reject(new Error("the server ended")));
    });
    const response = await fetch(url);
    expect([response.status, await response.json()]).toEqual([200, { hello: "world" }]);
  } finally {
    child.kill("SIGTERM");
  }
  expect(await closed).toBe(0);
});

test("every entry point of every package can be imported", async () => {
  const names = ["core", "router", "aws", "azure", "gcp", "node", "middleware", "services", "testing"];
  const entries = names.flatMap((name) => {
    const { exports } = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
    return Object.keys(exports)
      .filter((path) => !/\.json$|worker$/.test(path))
      .map((path) => join("@portico", name, path));
  });
  const code = entries.map((entry) => `await import(${JSON.stringify(entry)});`).join("\n");
  writeFileSync(join(project, "all.mjs"), `${code}\nconsole.log("imported");\nprocess.exit(0);\n`);
  const { stdout } = await run(process.execPath, ["all.mjs"], { cwd: project });
  expect(stdout).toContain("imported");
});
