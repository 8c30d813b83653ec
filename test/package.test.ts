import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
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

/** The address that the quick start prints. */
function addressOf(child: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const [match] = /http:[^\s"]+\/hello\/world/.exec(text) ?? [];
      if (match) resolve(match);
    });
    child.on("close", () => reject(new Error("the server ended")));
  });
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
  for (const module of ["nodenext", "node16"]) {
    await run(process.execPath, [tsc, "--module", module, ...options], { cwd: project });
  }
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
    const response = await fetch(await addressOf(child));
    expect([response.status, await response.json()]).toEqual([200, { hello: "world" }]);
  } finally {
    child.kill("SIGTERM");
  }
  expect(await closed).toBe(0);
});

test("the README's quick start runs in an empty folder, by the commands that stand there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-quick-start-"));
  try {
    const page = readFileSync(join(root, "README.md"), "utf8");
    const [, commands = ""] = /^## Start\n[\s\S]*?```sh\n([\s\S]*?)```/m.exec(page) ?? [];
    const [, code = ""] = /^```ts\n\/\/ test\/readme\/hello\.ts\n([\s\S]*?)^```/m.exec(page) ?? [];
    const [, start = ""] = /^`(npx tsx hello\.ts)` runs it/m.exec(page) ?? [];
    expect([commands, code, start].every((text) => text !== "")).toBe(true);
    // The one thing that differs: our packages are not on the registry, so their names stand for their tarballs.
    const packed = commands.replace(/@portico\/(\w+)/g, join(project, "packed/portico-$1-0.1.0.tgz"));
    const npm = { npm_config_prefer_offline: "true", npm_config_audit: "false", npm_config_fund: "false" };
    await run("sh", ["-e", "-c", packed], { cwd: folder, env: { ...process.env, ...npm }, timeout: 150_000 });
    // Whatever listens on 8080 here is left alone.
    writeFileSync(join(folder, "hello.ts"), code.replace("8080", "0"));
    const child = spawn("sh", ["-c", `exec ${start}`], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
      // A group of its own, so that what npx has started ends with it.
      detached: true,
    });
    const closed = new Promise((resolve) => child.on("exit", resolve));
    try {
      const response = await fetch(await addressOf(child));
      expect([response.status, await response.json()]).toEqual([200, { hello: "world" }]);
    } finally {
      process.kill(-(child.pid as number), "SIGKILL");
      child.stdout?.destroy();
    }
    await closed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 180_000);

const compilers = ["typescript-5.0", "typescript-5.4", "typescript-5.9", "typescript"];

test.each(compilers)(
  "Azure's own template for ES6 compiles with %s, under commonjs and Node16, and its output runs",
  async (name) => {
    writeFileSync(
      join(project, "azure.cts"),
      [
        'import { http, queue, reply } from "@portico/core";',
        'import { http as register } from "@portico/azure/http";',
        'import * as azure from "@portico/azure";',
        'import * as aws from "@portico/aws";',
        'import { router } from "@portico/router";',
        'import { cors } from "@portico/middleware/cors";',
        'import { fake } from "@portico/testing";',
        'export const one = http.get("/orders/:id").handle(({ params }, { log }) => {',
        '  try { JSON.parse(params.id); } catch (error) { log.error("no number", error); }',
        "  // @ts-expect-error there is no such parameter",
        "  params.none;",
        "  return reply.json({ id: params.id });",
        "});",
        'export const app = router([one], { use: [cors({ origin: "*" })] });',
        'export const fulfil = queue("orders").handle((message, { log }) => log.info(message.id));',
        'register("one", one);',
        'azure.queue("fulfil", fulfil, { serviceBus: { connection: "Orders" } });',
        "export const handler = aws.http(app);",
        'void app(fake.http({ path: "/orders/7" })).then(({ status }) => console.log("status " + status));',
        "",
      ].join("\n"),
    );
    const compiler = createRequire(import.meta.url).resolve(`${name}/lib/tsc.js`);
    // No skipLibCheck: the template has none.
    for (const module of ["commonjs", "Node16"]) {
      const args = [compiler, "--module", module, "--target", "es6", "--types", "node", "--strict", "azure.cts"];
      await run(process.execPath, args, { cwd: project });
      const { stdout } = await run(process.execPath, ["azure.cjs"], { cwd: project });
      expect(stdout).toContain("status 200");
    }
  },
  180_000,
);

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
