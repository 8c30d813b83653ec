import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Built, bundlers } from "./bundlers.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);
const { peerDependencies } = JSON.parse(readFileSync(join(root, "packages/services/package.json"), "utf8"));
const sdks = Object.keys(peerDependencies);
// The machine may have much else to do.
const timeout = 240_000;

const entry = `import { bucket, http, reply } from "@portico/core";
import * as aws from "@portico/aws";
import { openStore, resources } from "@portico/services";
const uploads = bucket("uploads", { access: ["read"] });
export const handler = aws.http(http.get("/").use(resources({ uploads })).handle(() => reply.text("answered")));
export const declare = (url) => void resources({ uploads }, { uploads: url });
export const touch = (url) => openStore(url).exists("key");
export const sign = async (url) => (await openStore(url).signedUrl("key", { method: "GET", expiresInSeconds: 60 })).url;`;

type Steps = readonly (readonly [step: string, url: string])[];

/** What is run of bundles, in a process of their own; prints what came of each step. */
const probe = (runs: readonly (readonly [file: string, steps: Steps])[]) => `
const http = { method: "GET", path: "/", protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "probe" };
const requestContext = { http, requestId: "r", stage: "$default", domainName: "api.example.com", timeEpoch: 0 };
const request = { version: "2.0", routeKey: "$default", rawPath: "/", rawQueryString: "", headers: {}, requestContext };
const all = await Promise.all(${JSON.stringify(runs)}.map(async ([file, steps]) => {
  const bundle = await import(file);
  const { handler, ...rest } = "handler" in bundle ? bundle : bundle.default;
  const said = [(await handler({ ...request, isBase64Encoded: false }, { awsRequestId: "r" })).body];
  for (const [step, url] of steps) {
    try {
      said.push(String(await rest[step](url)));
    } catch ({ code, message, hint }) {
      said.push([code, message, hint].join(" | "));
    }
  }
  return said;
}));
console.log(JSON.stringify(all));`;

let folder: string;
let projects: Readonly<Record<"empty" | "full", string>>;
let server: Server;
const asked: string[] = [];

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "portico-bundlers-")));
  const { pack } = await import(pathToFileURL(join(root, "scripts/pack.mjs")).href);
  const tarballs: readonly string[] = pack(join(folder, "packed"), ["core", "aws", "services"]);
  projects = { empty: await project("empty", tarballs, []), full: await project("full", tarballs, sdks) };
  // A service of any cloud, which has nothing.
  server = createServer(({ method, url }, response) => {
    asked.push(`${method} ${url}`);
    response.writeHead(404, { "x-ms-error-code": "BlobNotFound", connection: "close" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}, timeout);

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Somebody's project with the packages as they are published, and what else is installed. */
async function project(name: string, tarballs: readonly string[], installed: readonly string[]): Promise<string> {
  const at = join(folder, name);
  for (const tarball of tarballs) {
    const [, packed = ""] = /portico-(\w+)-[\d.]+\.tgz$/.exec(tarball) ?? [];
    const target = join(at, "node_modules/@portico", packed);
    mkdirSync(target, { recursive: true });
    await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", target]);
  }
  for (const one of installed) {
    const target = join(at, "node_modules", one);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(realpathSync(join(root, "packages/services/node_modules", one)), target);
  }
  writeFileSync(join(at, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(at, "entry.js"), entry);
  return at;
}

type Bundler = keyof typeof bundlers;
type Case = readonly [bundler: Bundler, format: "esm" | "cjs", minify?: "minified"];
const formats: readonly Case[] = (["esbuild", "webpack", "rollup"] as const).flatMap((bundler) => [
  [bundler, "esm"],
  [bundler, "cjs"],
]);

/** A bundle, with a name of its own. */
interface Bundled extends Built {
  readonly name: string;
}

interface Way {
  readonly project: keyof typeof projects;
  readonly external?: readonly string[];
}

/** The folder has the name of a workspace of ours: a bundle there is taken for a bundle all the same. */
async function bundle(how: Case, { project, external = [] }: Way): Promise<Bundled> {
  const [bundler, format, minify] = how;
  const at = projects[project];
  const name = [...how, project, external.length].join("-");
  const folder = join(at, name, "packages/services/dist");
  return {
    name,
    ...(await bundlers[bundler]({ project: at, format, external, folder, minify: minify !== undefined })),
  };
}

/** What each bundle answers, and says at each step, by the bundle's name. */
async function outcomes(
  made: readonly Bundled[],
  steps: (bundle: Bundled) => Steps,
): Promise<Record<string, string[]>> {
  const account = `AccountName=a;AccountKey=${Buffer.from("key").toString("base64")}`;
  const env = {
    ...process.env,
    // That of whoever runs the tests has all packages of this repository.
    NODE_PATH: "",
    PORTICO_UPLOADS: "mem://uploads",
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "secret",
    CONNECTION: `DefaultEndpointsProtocol=http;${account};BlobEndpoint=${service()}/a`,
  };
  const code = probe(made.map((one) => [pathToFileURL(one.file).href, steps(one)]));
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", code], { env, timeout });
  const said: string[][] = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  return Object.fromEntries(made.map(({ name }, index) => [name, said[index] ?? []]));
}

const service = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const stores = [
  ["@aws-sdk/client-s3", "s3://b"],
  ["@azure/storage-blob", "azblob://a/c"],
  ["@google-cloud/storage", "gs://b"],
] as const;
const notInstalled = (name: string) =>
  `CONFIG_INVALID | A store needs ${name}, which is not installed. | npm install ${name}`;
const named = ["answered", ...stores.map(([name]) => notInstalled(name)), "undefined"];
const declared = [...stores.map(([, url]) => ["declare", url] as const), ["declare", "mem://a"] as const];

/** The same for each bundle. */
const each = <T>(made: readonly Bundled[], value: T) => Object.fromEntries(made.map(({ name }) => [name, value]));

test(
  "each bundler builds without an SDK, the bundle answers, and the declaration of a store names what is missing",
  async () => {
    const made = await inTurn([...formats, ["esbuild", "esm", "minified"]], { project: "empty" });
    for (const { name, warnings } of made) {
      // One for each SDK from those that cannot know that it is optional; esbuild does.
      const warned = sdks.filter((sdk) => warnings.some((text) => text.includes(sdk)));
      const expected = name.startsWith("esbuild") ? [] : sdks;
      expect([name, warnings.length, warned]).toEqual([name, expected.length, expected]);
    }
    expect(await outcomes(made, () => declared)).toEqual(each(made, named));
  },
  timeout,
);

test(
  "with the SDKs left outside, and one missing there, the declaration of a store names it",
  async () => {
    const made = await inTurn(formats, { project: "empty", external: sdks });
    expect(made.flatMap(({ warnings }) => warnings)).toEqual([]);
    // In webpack's, nothing tells what is left outside from what is in it; so its first touch names it, as docs/storage.md says.
    const [others, webpacks] = [false, true].map((is) => made.filter(({ name }) => name.startsWith("webpack") === is));
    expect(await outcomes(others ?? [], () => declared)).toEqual(each(others ?? [], named));
    const touches = stores.map(([, url]) => ["touch", url] as const);
    expect(await outcomes(webpacks ?? [], () => touches)).toEqual(each(webpacks ?? [], named.slice(0, -1)));
  },
  timeout,
);

test(
  "with the SDKs left outside, the first touch of each store asks its service",
  async () => {
    const made = await inTurn(formats, { project: "full", external: sdks });
    expect(made.flatMap(({ warnings }) => warnings)).toEqual([]);
    for (const [name, said] of Object.entries(await outcomes(made, touches))) expectAsked(name, said);
  },
  timeout,
);

test.each<[Bundler, "esm" | "cjs", string, readonly string[]]>([
  ["esbuild", "esm", "with all SDKs in it", []],
  ["esbuild", "cjs", "with all SDKs in it", []],
  // These two take some times as long, so each has the SDK of one cloud.
  ["webpack", "cjs", "with Azure's SDK in it", sdks.filter((name) => !name.startsWith("@azure/"))],
  ["rollup", "esm", "with Google's SDK in it", sdks.filter((name) => !name.startsWith("@google-cloud/"))],
])(
  "%s builds %s %s, and the first touch of each store asks its service",
  async (bundler, format, _what, external) => {
    const made = await bundle([bundler, format], { project: "full", external });
    // The SDKs have some of their own.
    expect(made.warnings.filter((text) => text.includes("@portico") || bundler === "esbuild")).toEqual([]);
    // In a process of its own: a bundle gives the process what its SDKs need.
    for (const [name, said] of Object.entries(await outcomes([made], touches))) expectAsked(name, said);
  },
  timeout,
);

function touches({ name }: Bundled): Steps {
  const s3 = `s3://${name}?region=eu-west-1&endpoint=${service()}`;
  return [
    ["touch", s3],
    ["touch", `azblob://a/${name}?connection=CONNECTION`],
    ["touch", `gs://${name}?endpoint=${service()}`],
    ["sign", s3],
    // The identity is not shown on a connection that anybody could read: so far it is loaded.
    ["touch", `azblob://a/${name}?endpoint=${service()}`],
  ];
}

function expectAsked(name: string, said: readonly string[]): void {
  expect(said).toEqual([
    "answered",
    "false",
    "false",
    "false",
    expect.stringContaining("X-Amz-Signature="),
    expect.stringContaining("Bearer token authentication is not permitted"),
  ]);
  expect(asked.filter((line) => line.includes(`/${name}/`))).toEqual([
    `HEAD /${name}/key`,
    `HEAD /a/${name}/key`,
    expect.stringContaining(`GET /storage/v1/b/${name}/o/key`),
  ]);
}

/** One after the other: they share this process, and would only get in each other's way. */
async function inTurn(cases: readonly Case[], way: Way): Promise<Bundled[]> {
  const made: Bundled[] = [];
  for (const how of cases) made.push(await bundle(how, way));
  return made;
}
