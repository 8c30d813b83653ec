import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bucket,
  http,
  invoke,
  type ObjectStore,
  object,
  queue,
  type ReadStore,
  reply,
  type StoredObject,
} from "@portico/core";
import { createLogger, toChunks } from "@portico/core/adapter";
import { fake, json } from "@portico/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { memory } from "./memory.js";
import { openStore } from "./open-store.js";
import type { Provider } from "./provider.js";
import { resources } from "./resources.js";

const uploads = bucket("uploads", { access: ["read", "write"] });
const rawImages = bucket("raw-images", { access: ["read"] });

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "portico-project-")));
  vi.spyOn(process, "cwd").mockReturnValue(folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const save = http
  .put("/:name")
  .use(resources({ uploads }))
  .handle(async (request, { uploads }) => {
    await uploads.put(request.params.name, await request.bytes(), { contentType: "text/plain" });
    return reply.json({ has: Object.keys(uploads).sort() });
  });

test("a function of every kind says what it uses, as plain data", () => {
  const layer = resources({ uploads });
  const expected = [{ type: "bucket", name: "uploads", access: ["read", "write"] }];
  const functions = [
    save,
    queue("q")
      .use(layer)
      .handle(() => undefined),
    queue("q")
      .use(layer)
      .batch(async () => []),
    object("o")
      .use(layer)
      .handle(() => undefined),
    invoke("i")
      .use(layer)
      .handle(() => 1),
  ];
  for (const { uses } of functions) expect(JSON.parse(JSON.stringify(uses))).toEqual(expected);
  expect(queue("q").handle(() => undefined).uses).toEqual([]);
});

test("a store has what its access allows, alone", async () => {
  vi.stubEnv("PORTICO_UPLOADS", "mem://access");
  const { has } = await json<{ has: string[] }>(await save(fake.http({ params: { name: "a" }, body: "x" })));
  expect(has).toEqual(["copy", "exists", "get", "head", "name", "provider", "put", "signedUrl", "~keyOf"]);
});

test("a URL in code goes before the environment, and a store in the context before both", async () => {
  vi.stubEnv("PORTICO_UPLOADS", "not a URL");
  const fn = invoke("i")
    .use(resources({ uploads }, { uploads: "mem://in-code" }))
    .handle(async (_call, { uploads }) => uploads.put("a", "x"));
  const call = { kind: "invoke", payload: null } as never;
  await fn(call);
  expect(await openStore("mem://in-code").exists("a")).toBe(true);
  const given = openStore(memory());
  await fn(call, fake.context({ uploads: given }));
  expect(await given.exists("a")).toBe(true);
});

test("deployed, a bucket that is not bound is refused, by the name of its variable", async () => {
  const context = fake.context({ platform: "aws" });
  const fn = queue("q")
    .use(resources({ rawImages }))
    .handle(() => undefined);
  const outcome = await fn({ kind: "queue" } as never, context);
  expect(outcome).toMatchObject({
    error: { code: "CONFIG_INVALID", message: expect.stringContaining("PORTICO_RAW_IMAGES") },
  });
  vi.stubEnv("KUBERNETES_SERVICE_HOST", "10.0.0.1");
  const inCluster = await fn({ kind: "queue" } as never, fake.context({ platform: "node" }));
  expect(inCluster).toMatchObject({ error: { code: "CONFIG_INVALID" } });
});

test("locally, a bucket that is not bound is a folder of the project, and the log says so once", async () => {
  const context = fake.context({ platform: "node" });
  await save(fake.http({ params: { name: "a b.txt" }, body: "kept" }), context);
  await save(fake.http({ params: { name: "c" }, body: "kept" }), context);
  const directory = join(folder, ".portico", "uploads");
  expect(context.logs).toEqual([
    {
      level: "warn",
      message: "the bucket uploads is kept in files: PORTICO_UPLOADS is not set",
      fields: { directory },
    },
  ]);
  expect(await (await openStore(`file://${directory}`).get("a b.txt")).text()).toBe("kept");
});

test("operations heed the invocation's signal where none is given", async () => {
  vi.stubEnv("PORTICO_UPLOADS", "mem://signal");
  const context = fake.context();
  context.abort(new Error("the client left"));
  const response = await save(fake.http({ params: { name: "a" }, body: "x" }), context);
  expect(response.status).toBe(499);
});

test("what is not declared with bucket is refused where it stands", () => {
  for (const wrong of [undefined, "uploads", { name: "uploads" }]) {
    expect(() => resources({ wrong } as never)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  }
  expect(() => resources({ uploads }, { uploads: "ftp://x" })).toThrow(/binding of uploads/);
});

test("a signed URL for another method than declared is refused", async () => {
  const store = bucket("uploads", { access: ["read"] });
  const fn = invoke("i")
    .use(resources({ store }, { store: "s3://bucket?region=eu-west-1" }))
    .handle(async (_call, { store }) => store.signedUrl("a", { method: "PUT" as never, expiresInSeconds: 60 }));
  await expect(fn({ kind: "invoke" } as never)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});

test("a project may be in a folder of any name", async () => {
  const odd = join(folder, "c# 100% why?");
  vi.mocked(process.cwd).mockReturnValue(odd);
  const odds = bucket("odds", { access: ["write"] });
  const fn = invoke("i")
    .use(resources({ odds }))
    .handle(async (_call, { odds }) => odds.put("a", "x"));
  await fn({ kind: "invoke", payload: null } as never, fake.context({ platform: "node" }));
  expect(existsSync(join(odd, ".portico", "odds", "a"))).toBe(true);
});

test("a bucket declared again further in, with more access or of another name, is opened anew", async () => {
  vi.stubEnv("PORTICO_UPLOADS", "mem://outer");
  vi.stubEnv("PORTICO_OTHER", "mem://other");
  const outer = bucket("uploads", { access: ["read"] });
  const other = bucket("other", { access: ["write"] });
  const more = invoke("i")
    .use(resources({ outer }))
    .use(resources({ outer: uploads }));
  const call = { kind: "invoke", payload: null } as never;
  await more.handle(async (_call, { outer }) => outer.put("a", "x"))(call);
  const another = invoke("i")
    .use(resources({ outer }))
    .use(resources({ outer: other }));
  await another.handle(async (_call, { outer }) => outer.put("b", "x"))(call);
  expect(await openStore("mem://outer").exists("a")).toBe(true);
  expect(await openStore("mem://other").exists("b")).toBe(true);
});

/** A store on a service that tells how many downloads are open. */
function counting() {
  const info = { size: 1_000_000, etag: "1", version: "1", lastModified: new Date(0), metadata: {} };
  const facts = { ...info, contentType: "text/plain", contentEncoding: undefined, cacheControl: undefined };
  const counts = { open: 0, opened: 0 };
  const provider: Partial<Provider> = {
    silenceMs: 1000,
    maxIdleReads: 1000,
    resolvesDots: false,
    classify: () => undefined,
    async get(_key, { range }) {
      counts.open += 1;
      counts.opened += 1;
      let isOpen = true;
      const close = () => {
        if (isOpen) counts.open -= 1;
        isOpen = false;
      };
      const { start = 0, end = info.size } = range ?? {};
      let at = start;
      const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
        if (at === end) {
          close();
          controller.close();
        } else controller.enqueue(new Uint8Array(100_000).fill((at / 100_000) % 256));
        at = Math.min(end, at + 100_000);
      };
      return { info: facts, chunks: toChunks(new ReadableStream({ pull, cancel: close }, { highWaterMark: 0 })) };
    },
  };
  const binding = { provider: "test", bucket: "b", prefix: "", open: async () => provider as Provider };
  return { counts, layer: resources({ uploads }, { uploads: binding }) };
}

test("what an invocation has left open is closed when its handler is done, whatever came of it", async () => {
  const { counts, layer } = counting();
  const use = async (uploads: ReadStore) => {
    await uploads.get("unread");
    const reader = (await uploads.get("half")).body.getReader();
    await reader.read();
  };
  const answers = http.get("/").use(layer);
  const works = answers.handle(async (_request, { uploads }) => {
    await use(uploads);
    return reply.text("ok");
  });
  const fails = answers.handle(async (_request, { uploads }) => {
    await use(uploads);
    throw new Error("it broke");
  });
  const message = queue("q")
    .use(layer)
    .handle((_message, { uploads }) => use(uploads));
  await works(fake.http());
  await fails(fake.http(), fake.context());
  await message(fake.queue());
  await expect.poll(() => counts.open).toBe(0);
  expect(counts.opened).toBe(6);
});

test("a streamed reply is read after its handler, by the same request; work that goes on reads what was closed", async () => {
  const { counts, layer } = counting();
  let late: Promise<number> = Promise.resolve(0);
  const streams = http
    .get("/")
    .use(layer)
    .handle(async (_request, { uploads }) => {
      const unread = await uploads.get("unread");
      late = new Promise<void>((resolve) => setTimeout(resolve, 5)).then(async () => (await unread.bytes()).byteLength);
      return reply.stream((await uploads.get("streamed")).body);
    });
  const answer = await streams(fake.http());
  expect(counts).toEqual({ open: 1, opened: 2 });
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) size += chunk.byteLength;
  expect([size, await late]).toEqual([1_000_000, 1_000_000]);
  expect(counts).toEqual({ open: 0, opened: 3 });
});

test("an aborted signal closes what nobody reads, and a cancelled read opens nothing again", async () => {
  const { counts, layer } = counting();
  const controller = new AbortController();
  let given: StoredObject | undefined;
  const waits = http
    .get("/")
    .use(layer)
    .handle(async (_request, { uploads }) => {
      await uploads.get("unread", { signal: controller.signal });
      controller.abort();
      await Promise.resolve();
      expect(counts.open).toBe(0);
      given = await uploads.get("cancelled");
      const reader = given.body.getReader();
      const reading = reader.read();
      await reader.cancel();
      await reading;
      return reply.text(String(counts.open));
    });
  expect((await waits(fake.http())).body).toBe("0");
  expect(counts.opened).toBe(2);
});

test("an error of a store shows no bucket and no key to a caller, and all of it to the log", async () => {
  vi.stubEnv("PORTICO_UPLOADS", "mem://private");
  for (const work of [
    (store: ObjectStore) => store.get("secret-key"),
    (store: ObjectStore) => store.put("../secret-key", "x"),
    (store: ObjectStore) => store.deleteMany(["secret-key", ""]),
  ]) {
    const lines: string[] = [];
    const fn = http
      .get("/")
      .use(resources({ uploads: bucket("uploads", { access: ["read", "write", "delete", "list"] }) }))
      .handle(async (_request, { uploads }) => {
        await work(uploads);
        return reply.empty();
      });
    const log = createLogger({
      format: ({ message, fields }) => ({ message, ...fields }),
      write: (line) => lines.push(line),
    });
    const answer = await fn(fake.http(), fake.context({ log }));
    expect([400, 404]).toContain(answer.status);
    expect(String(answer.body)).not.toMatch(/secret|uploads|private/);
    expect(lines.join()).toMatch(/secret-key|uploads/);
  }
});
