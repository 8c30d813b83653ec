import type { IncomingMessage } from "node:http";
import type { ObjectStore } from "@portico/core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { randomBytes } from "../../../packages/core/test/random.js";
import type { Faulty } from "./servers/faulty.js";

/** A provider behind a proxy that breaks things. */
export interface Broken {
  readonly proxy: Faulty;
  /** The status with which the provider asks for less. */
  readonly throttles: number;
  /** The store; with so many milliseconds of silence where they are given. */
  readonly open: (silenceMs?: number) => ObjectStore;
  /** Uploads that were begun and not cleared away; undefined where nobody but the provider can do that. */
  readonly leaks: () => number | undefined;
  readonly close: () => Promise<void>;
}

const megabyte = 1024 * 1024;
const block = new Uint8Array(megabyte).fill(7);
const isUpload = ({ method, headers }: IncomingMessage) =>
  (method === "PUT" || method === "POST") && Number(headers["content-length"] ?? 0) > 1000;
const isPart = (request: IncomingMessage) => isUpload(request) && Number(request.headers["content-length"]) >= megabyte;
const isDownload = ({ method, url = "" }: IncomingMessage) =>
  method === "GET" && (!url.startsWith("/storage/v1/") || url.includes("alt=media"));

async function* blocks(count: number, then?: () => unknown): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield block;
  await then?.();
}

/** What a provider's network does to a store, and what becomes of it. */
export function storageFaults(name: string, start: () => Promise<Broken>): void {
  describe(`${name}, when things go wrong`, () => {
    let broken: Broken;
    let store: ObjectStore;
    beforeAll(async () => {
      broken = await start();
      store = broken.open();
      await store.exists("warm");
    }, 60_000);
    afterAll(() => broken?.close());
    beforeEach(() => broken.proxy.heal());

    /** Nothing of it is to be seen, and nothing was left behind. */
    async function leftNothing(key: string): Promise<void> {
      broken.proxy.heal();
      expect(await store.exists(key)).toBe(false);
      await expect.poll(broken.leaks).toBeOneOf([0, undefined]);
    }

    test.each([500, 503])(
      "a service that answers %i is asked again",
      async (status) => {
        broken.proxy.break({ status, times: 2 });
        await store.put("retried", "content");
        broken.proxy.break({ status, times: 1, on: isDownload });
        expect(await (await store.get("retried")).text()).toBe("content");
        expect(broken.proxy.seen.length).toBeGreaterThanOrEqual(5);
      },
      20_000,
    );

    test("a service that throttles is asked again", async () => {
      await store.put("throttled", "content");
      broken.proxy.break({ status: broken.throttles, times: 1 });
      expect((await store.head("throttled")).size).toBe(7);
    }, 20_000);

    test("a service that is down for good is UNAVAILABLE, for a retry, with its own error as the cause", async () => {
      broken.proxy.break({ status: 503 });
      const error = await store.put("never", "x").catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "UNAVAILABLE", status: 503, permanent: false, cause: expect.any(Error) });
      await leftNothing("never");
    }, 20_000);

    test("a service that says nothing is given up after its time", async () => {
      const impatient = broken.open(150);
      await impatient.exists("warm");
      broken.proxy.break({ hang: true });
      await expect(impatient.head("anything")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    }, 20_000);

    test("a slow service is given up when the signal aborts, at once", async () => {
      broken.proxy.break({ hang: true });
      for (const operation of [
        (signal: AbortSignal) => store.get("a", { signal }),
        (signal: AbortSignal) => store.put("a", "x", { signal }),
        async (signal: AbortSignal) => {
          for await (const _page of store.list({ signal })) break;
        },
      ]) {
        const start = Date.now();
        await expect(operation(AbortSignal.timeout(100))).rejects.toMatchObject({ code: "CANCELLED" });
        expect(Date.now() - start).toBeLessThan(2000);
      }
    });

    test("a download whose connection breaks goes on at that byte", async () => {
      const body = randomBytes(2 * megabyte);
      await store.put("download", body);
      broken.proxy.break({ on: isDownload, times: 2, dropAnswerAfter: megabyte / 2 });
      expect(Buffer.from(await (await store.get("download")).bytes()).equals(body)).toBe(true);
      const later = broken.proxy.seen.filter((line) => / bytes=[1-9]/.test(line));
      expect(later.length).toBeGreaterThanOrEqual(1);
    }, 20_000);

    test("a download that stalls goes on at that byte after its time", async () => {
      const body = randomBytes(megabyte);
      await store.put("stalled", body);
      const impatient = broken.open(300);
      broken.proxy.break({ on: isDownload, times: 1, stallAnswerAfter: megabyte / 2 });
      const read = await impatient.get("stalled");
      expect(Buffer.from(await read.bytes()).equals(body)).toBe(true);
    }, 20_000);

    test("a download that breaks every time is UNAVAILABLE, and never a shorter object", async () => {
      await store.put("download", randomBytes(2 * megabyte));
      broken.proxy.break({ on: isDownload, dropAnswerAfter: 1000 });
      const reading = store.get("download").then((read) => read.bytes());
      await expect(reading).rejects.toMatchObject({ code: "UNAVAILABLE" });
    }, 30_000);

    test("an upload whose connection breaks is sent again", async () => {
      broken.proxy.break({ on: isUpload, times: 1, dropRequestAfter: megabyte / 2 });
      const body = randomBytes(megabyte);
      await store.put("upload", body);
      expect(Buffer.from(await (await store.get("upload")).bytes()).equals(body)).toBe(true);
    }, 20_000);

    test("an upload whose answer is lost is sent again, and there once", async () => {
      broken.proxy.break({ on: isUpload, times: 1, dropAnswerAfter: 0 });
      const body = randomBytes(10_000);
      await store.put("answered", body);
      expect(Buffer.from(await (await store.get("answered")).bytes()).equals(body)).toBe(true);
    }, 20_000);

    test("a part whose connection breaks is sent again", async () => {
      broken.proxy.break({ on: isPart, times: 1, dropRequestAfter: megabyte });
      await store.put("parts", blocks(10));
      expect((await store.head("parts")).size).toBe(10 * megabyte);
      expect(await (await store.get("parts")).bytes()).toHaveLength(10 * megabyte);
    }, 30_000);

    test("an upload in parts that cannot be finished leaves nothing", async () => {
      let parts = 0;
      const second = (request: IncomingMessage) => {
        if (isPart(request)) parts += 1;
        return isPart(request) && parts > 1;
      };
      broken.proxy.break({ on: second, status: 503 });
      await expect(store.put("unfinished", blocks(18))).rejects.toMatchObject({ code: "UNAVAILABLE" });
      await leftNothing("unfinished");
    }, 30_000);

    test("a stream that fails midway leaves nothing, and its error is the caller's", async () => {
      const reason = new Error("the source broke");
      const fails = () => Promise.reject(reason);
      for (const count of [0, 1, 10]) {
        await expect(store.put("half", blocks(count, fails))).rejects.toBe(reason);
        await leftNothing("half");
      }
      await store.put("half", "as it was");
      await expect(store.put("half", blocks(10, fails))).rejects.toBe(reason);
      expect(await (await store.get("half")).text()).toBe("as it was");
      await expect.poll(broken.leaks).toBeOneOf([0, undefined]);
    }, 30_000);

    test("a signal that aborts between two parts leaves nothing", async () => {
      const controller = new AbortController();
      const abort = () => {
        controller.abort();
        return new Promise(() => undefined);
      };
      const upload = store.put("aborted", blocks(10, abort), { signal: controller.signal });
      await expect(upload).rejects.toMatchObject({ code: "CANCELLED" });
      await leftNothing("aborted");
    }, 20_000);

    test("a signal that aborts while a part hangs leaves nothing", async () => {
      const controller = new AbortController();
      broken.proxy.break({
        hang: true,
        on(request) {
          if (isPart(request)) setTimeout(() => controller.abort(), 50);
          return isPart(request);
        },
      });
      const upload = store.put("hanging", blocks(10), { signal: controller.signal });
      await expect(upload).rejects.toMatchObject({ code: "CANCELLED" });
      await leftNothing("hanging");
    }, 20_000);

    test("two writers of one object in parts: it is that of one of them, whole", async () => {
      const writer = (fill: number) => {
        async function* body() {
          for (let count = 0; count < 9; count += 1) yield new Uint8Array(megabyte).fill(fill);
        }
        return store.put("contested", body());
      };
      const results = await Promise.allSettled([writer(1), writer(2)]);
      expect(results.some(({ status }) => status === "fulfilled")).toBe(true);
      for (const result of results) {
        if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "UNAVAILABLE" });
      }
      const bytes = await (await store.get("contested")).bytes();
      expect([bytes.byteLength, bytes.every((byte) => byte === bytes[0])]).toEqual([9 * megabyte, true]);
      await expect.poll(broken.leaks).toBeOneOf([0, undefined]);
    }, 30_000);

    test("what is not read and cancelled gives its connection back", async () => {
      await store.put("unread", randomBytes(400_000));
      for (let count = 0; count < 55; count += 1) await (await store.get("unread")).body.cancel();
      expect((await (await store.get("unread")).bytes()).byteLength).toBe(400_000);
    }, 30_000);
  });
}
