import { execFile } from "node:child_process";
import { mkdir, mkdtemp, open as openFile, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cases } from "../../core/test/random.js";
import { fromPath, toPath } from "./file/path.js";
import { file } from "./file.js";
import { openStore } from "./open-store.js";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "portico-file-"));
});
afterEach(() => rm(root, { recursive: true }));

const open = () => openStore(file({ directory: root }));
const filesOf = async () =>
  (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1));

test("a key is its file's path, percent-encoded, and nothing of it leads out of the root", () => {
  expect(toPath("/root", "receipts/42.pdf")).toBe("/root/receipts%2F/42.pdf");
  expect(toPath("/root", "../../etc/passwd")).toBe("/root/%2E%2E%2F/%2E%2E%2F/etc%2F/passwd");
  expect(toPath("/root", "..")).toBe("/root/%2E%2E");
  expect(toPath("/root", "con/NUL.txt")).toBe("/root/%63on%2F/%4EUL.txt");
});

test("any key comes back from its path", () => {
  const point = fc.oneof(fc.nat(0x7f), fc.nat(0x10ffff));
  const key = fc
    .array(point, { minLength: 1, maxLength: 20 })
    .map((points) => String.fromCodePoint(...points))
    .filter((one) => one.isWellFormed());
  const holds = (one: string) => {
    const path = toPath("/root", one);
    return path.startsWith("/root/") && (path.includes("~") || fromPath(path.slice("/root/".length)) === one);
  };
  fc.assert(fc.property(key, holds), cases(200));
});

test("a file begins with the content, and ends with its facts", async () => {
  await open().put("a/b.txt", "hello", { contentType: "text/plain" });
  const text = await readFile(join(root, "a%2F", "b.txt"), "latin1");
  expect(text.startsWith("hello\n{")).toBe(true);
  expect(text.endsWith("portico1")).toBe(true);
  expect(await filesOf()).toEqual(["a%2F/b.txt"]);
});

test("files that others put there are no objects", async () => {
  await open().put("mine", "x");
  await writeFile(join(root, "notes.txt"), "by hand");
  await writeFile(join(root, "short"), "");
  expect(await open().exists("notes.txt")).toBe(false);
  await open().delete("notes.txt");
  for await (const { objects } of open().list()) expect(objects.map(({ key }) => key)).toEqual(["mine"]);
  expect(await readFile(join(root, "notes.txt"), "utf8")).toBe("by hand");
});

test("two keys that a file system takes for one are told apart, or refused", async () => {
  await open().put("Key", "upper");
  // What a file system that does not mind the case would hold at the other name.
  await writeFile(join(root, "key"), await readFile(join(root, "Key")));
  expect(await open().exists("key")).toBe(false);
  await expect(open().put("key", "lower")).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await (await open().get("Key")).text()).toBe("upper");
});

test("a lock that a process left behind is taken over, and an upload it left is cleared away", async () => {
  const old = new Date(Date.now() - 100_000_000);
  await mkdir(join(root, "~unfinished"), { recursive: true });
  await writeFile(join(root, "~unfinished", "left"), "half");
  await utimes(join(root, "~unfinished", "left"), old, old);
  await open().put("a", "1");
  expect(await filesOf()).toEqual(["a"]);
  const { locked } = await import("./file/lock.js");
  const folder = join(root, "~locks");
  const signal = new AbortController().signal;
  await locked(folder, "/somewhere", signal, async () => {
    const [name = ""] = await readdir(folder);
    await utimes(join(folder, name), old, old);
    expect(await locked(folder, "/somewhere", signal, async () => "taken")).toBe("taken");
  });
});

test("of many who find a lock that was left behind one takes it over, and who had it does not take it away", async () => {
  const { locked } = await import("./file/lock.js");
  const folder = join(root, "~locks");
  await mkdir(folder);
  const { signal } = new AbortController();
  const old = new Date(Date.now() - 100_000_000);
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 2));
    inside -= 1;
  };
  let lost: unknown;
  await locked(folder, "/a", signal, async (assertHeld) => {
    await assertHeld();
    await utimes(join(folder, (await readdir(folder))[0] as string), old, old);
    const others = Promise.all(Array.from({ length: 30 }, () => locked(folder, "/a", signal, work)));
    await expect.poll(() => most).toBeGreaterThan(0);
    lost = await assertHeld().catch((error: unknown) => error);
    await others;
  });
  expect(most).toBe(1);
  expect(lost).toMatchObject({ code: "UNAVAILABLE" });
  expect(await readdir(folder)).toEqual([]);
});

test("a lock that was waited for does not look as if it had been left behind", async () => {
  const { locked } = await import("./file/lock.js");
  const folder = join(root, "~locks");
  await mkdir(folder);
  const { signal } = new AbortController();
  const old = new Date(Date.now() - 100_000_000);
  let taken = 0;
  let waits: Promise<void> | undefined;
  await locked(folder, "/a", signal, async () => {
    waits = locked(folder, "/a", signal, async () => {
      const [lock = ""] = await readdir(folder);
      taken = (await stat(join(folder, lock))).mtimeMs;
    });
    const made = async () => join(folder, (await readdir(folder)).find((name) => name.endsWith(".new")) ?? "none");
    await expect.poll(made).toMatch(/\.new$/);
    // As after a wait of many seconds. The writer that waits gives its folder the present time again.
    await utimes(await made(), old, old);
    await expect.poll(async () => (await stat(await made())).mtimeMs).toBeGreaterThan(Date.now() - 10_000);
  });
  await waits;
  expect(taken).toBeGreaterThan(Date.now() - 10_000);
});

test("writers of many processes lose no write", async () => {
  const lock = fileURLToPath(new URL("file/lock.ts", import.meta.url));
  const { build } = await import("tsup");
  await build({
    entry: { lock },
    outDir: join(root, "built"),
    format: "esm",
    config: false,
    silent: true,
    clean: false,
  });
  await mkdir(join(root, "locks"));
  await writeFile(join(root, "count"), "0");
  const code = `
    import { readFile, writeFile } from "node:fs/promises";
    import { readdirSync } from "node:fs";
    const [built] = readdirSync("built");
    const { locked } = await import("./built/" + built);
    for (let done = 0; done < 10; done += 1) {
      await locked("locks", "/count", new AbortController().signal, async (assertHeld) => {
        const count = Number(await readFile("count", "utf8"));
        await new Promise((resolve) => setTimeout(resolve, 1));
        await assertHeld();
        await writeFile("count", String(count + 1));
      });
    }`;
  await writeFile(join(root, "writer.mjs"), code);
  const run = promisify(execFile);
  await Promise.all(Array.from({ length: 6 }, () => run(process.execPath, ["writer.mjs"], { cwd: root })));
  expect(await readFile(join(root, "count"), "utf8")).toBe("60");
  expect(await readdir(join(root, "locks"))).toEqual([]);
}, 60_000);

test("writers through stores of their own, as several processes have them, lose no write", async () => {
  await open().put("count", "0");
  const increments = async () => {
    const store = open();
    for (let count = 0; count < 5; ) {
      const read = await store.get("count");
      const next = String(Number(await read.text()) + 1);
      const done = await store.put("count", next, { ifVersion: read.version }).then(
        () => true,
        () => false,
      );
      if (done) count += 1;
    }
  };
  await Promise.all([increments(), increments(), increments()]);
  expect(await (await open().get("count")).text()).toBe("15");
});

test("a folder goes with its last object, and comes back with the next", async () => {
  const store = open();
  for (let count = 0; count < 10; count += 1) {
    await Promise.all([store.put("deep/er/a", "x"), store.delete("deep/er/a"), store.put("deep/er/b", "x")]);
    await store.deleteMany(["deep/er/a", "deep/er/b"]);
  }
  expect(await filesOf()).toEqual([]);
});

test("the file of an object that is not read to its end is closed", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  await open().put("large", new Uint8Array(300_000));
  const one = await openFile(join(root, "large"));
  await one.close();
  const reads = vi.spyOn(Object.getPrototypeOf(one), "createReadStream");
  const leave = async () => {
    const store = open();
    await store.get("large");
    await (await store.get("large")).body.getReader().read();
  };
  await leave();
  // Node 26 throws for a handle that it collects itself; these two it cannot, as the spy holds them.
  const files = reads.mock.contexts as { readonly fd: number }[];
  reads.mockRestore();
  expect(files.map(({ fd }) => fd > 0)).toEqual([true, true]);
  const stillOpen = () => {
    collect();
    return files.filter(({ fd }) => fd > 0).length;
  };
  await expect.poll(stillOpen, { timeout: 10_000 }).toBe(0);
});

test("a stream that fails, and a signal that aborts, leave no file", async () => {
  async function* fails() {
    yield new Uint8Array(9_000_000);
    throw new Error("the source broke");
  }
  await expect(open().put("a", fails())).rejects.toThrow("the source broke");
  const controller = new AbortController();
  async function* aborts() {
    yield new Uint8Array(9_000_000);
    controller.abort();
    yield "more";
  }
  await expect(open().put("a", aborts(), { signal: controller.signal })).rejects.toMatchObject({ code: "CANCELLED" });
  expect(await filesOf()).toEqual([]);
});

test("a file of others whose name is no percent-encoding, or which is a copy under another name, is in no list", async () => {
  await open().put("mine", "x");
  await writeFile(join(root, "100%.txt"), "by hand");
  await writeFile(join(root, "copy"), await readFile(join(root, "mine")));
  await mkdir(join(root, "folder"));
  for await (const { objects } of open().list()) expect(objects.map(({ key }) => key)).toEqual(["mine"]);
  await expect(open().get("folder")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a list has what stays, while folders go that it walks through", async () => {
  const store = open();
  await store.put("stays", "x");
  const going = Array.from({ length: 60 }, (_, index) => `going/${index}/deep/er`);
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(going.map((key) => store.put(key, "x")));
    let over = false;
    const deleted = store.deleteMany(going).finally(() => {
      over = true;
    });
    while (!over) {
      for await (const { objects } of store.list()) expect(objects.map(({ key }) => key)).toContain("stays");
    }
    await deleted;
  }
});

test("what the file system refuses has the shape of all failures, and its own error as the cause", async () => {
  await writeFile(join(root, "a%2F"), "a file where a folder has to be");
  await expect(open().get("a/b")).rejects.toMatchObject({ code: "NOT_FOUND", cause: expect.any(Error) });
  const inside = openStore(file({ directory: join(root, "a%2F", "store") }));
  await expect(inside.head("a")).rejects.toMatchObject({ code: "CONFIG_INVALID", cause: expect.any(Error) });
});
