import {
  bucket,
  http,
  type ObjectStore,
  object,
  queue,
  type ReadStore,
  reply,
  type StoreOf,
  schedule,
} from "@portico/core";
import { expectTypeOf, test } from "vitest";
import { openStore } from "./open-store.js";
import { resources } from "./resources.js";

const uploads = bucket("uploads", { access: ["read", "write", "delete", "list"] });
const inbox = bucket("inbox", { access: ["read"] });
const outbox = bucket("outbox", { access: ["write"] });

test("a function of any kind gets stores with what it has declared, and nothing else", () => {
  http
    .get("/")
    .use(resources({ uploads, inbox }))
    .handle(async (_request, { uploads, inbox, log }) => {
      expectTypeOf(uploads).toEqualTypeOf<ObjectStore>();
      expectTypeOf(inbox).toEqualTypeOf<StoreOf<"read">>();
      await uploads.copy("a", "b");
      await inbox.get("a");
      // @ts-expect-error read alone
      inbox.put;
      // @ts-expect-error read alone
      inbox.list;
      // @ts-expect-error read alone
      inbox.copy;
      await inbox.signedUrl("a", { method: "GET", expiresInSeconds: 1 });
      // @ts-expect-error a bucket to read from signs no upload
      await inbox.signedUrl("a", { method: "PUT", expiresInSeconds: 1 });
      log.info("done");
      return reply.empty();
    });
  queue("q")
    .use(resources({ outbox }))
    .handle(async (_message, { outbox }) => {
      await outbox.put("a", "b");
      // @ts-expect-error write alone
      outbox.get;
      // @ts-expect-error write alone
      outbox.delete;
    });
  schedule("0 3 * * *")
    .use(resources({ uploads }))
    .handle(async (_tick, { uploads, signal }) => {
      for await (const { objects } of uploads.list({ signal }))
        expectTypeOf(objects[0]?.key).toEqualTypeOf<string | undefined>();
    });
});

test("an object event opens its object in a store that may read", () => {
  object("inbox")
    .use(resources({ inbox, outbox }))
    .handle(async (event, { inbox, outbox }) => {
      expectTypeOf(await event.open(inbox).text()).toEqualTypeOf<string>();
      // @ts-expect-error it cannot be read
      event.open(outbox);
    });
});

test("only declared buckets are resources, and only known access is declared", () => {
  // @ts-expect-error not a bucket
  resources({ uploads: "uploads" });
  // @ts-expect-error no such access
  bucket("uploads", { access: ["admin"] });
  // @ts-expect-error bound by another name
  resources({ uploads }, { other: "mem://a" });
  expectTypeOf(openStore("mem://a")).toExtend<ReadStore>();
});
