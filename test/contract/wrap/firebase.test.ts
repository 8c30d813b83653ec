import type { ChangeEvent, Outcome } from "@portico/core";
import { changeFacts } from "@portico/core/adapter";
import * as google from "@portico/gcp/wrap";
import { deleteApp, getApps, initializeApp } from "firebase-admin/app";
import * as v1 from "firebase-functions/v1";
import * as v2 from "firebase-functions/v2/firestore";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";

// Real handlers of Firebase's own library, as they are deployed, fed with changes of another cloud's tables.

const seen: unknown[] = [];
beforeAll(() => {
  vi.stubEnv("GCLOUD_PROJECT", "shop");
  vi.stubEnv("FIREBASE_CONFIG", JSON.stringify({ projectId: "shop" }));
  initializeApp({ projectId: "shop" });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all(getApps().map(deleteApp));
});
beforeEach(() => {
  seen.length = 0;
});

const before = { total: 1, lines: [{ sku: "a" }] };
const after = { total: 2, lines: [{ sku: "a" }] };
const at = new Date("2026-01-02T03:04:05.678Z");

function changed(action: "insert" | "update" | "delete", over: Partial<ChangeEvent> = {}): ChangeEvent {
  const facts = {
    id: "e1",
    source: "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    time: at,
    native: undefined,
    table: "orders",
    key: { id: "o1" },
    action,
    before: action === "insert" ? undefined : before,
    after: action === "delete" ? undefined : after,
    expired: undefined,
    partition: undefined,
    sequence: undefined,
    ...over,
  };
  return { ...facts, kind: "change", json: async () => changeFacts(facts) };
}

const run = async (handler: unknown, event: ChangeEvent, options: object = {}): Promise<Outcome> =>
  google.change(handler as google.NativeHandler, { table: "orders", projectId: "shop", ...options })(event);

interface Snapshot {
  readonly exists: boolean;
  readonly createTime?: { toDate(): Date } | undefined;
  readonly updateTime?: { toDate(): Date } | undefined;
  readonly ref: { readonly path: string };
  data(): unknown;
}

const look = (snapshot: Snapshot | undefined) => ({
  path: snapshot?.ref.path,
  data: snapshot?.data(),
  times: [snapshot?.createTime?.toDate(), snapshot?.updateTime?.toDate()],
});
const there = (data: object) => ({ path: "orders/o1", data, times: [at, at] });
const nowhere = { path: "orders/o1", data: undefined, times: [undefined, undefined] };

type Single = { readonly params: object; readonly data: Snapshot | undefined };
type Changed = { readonly params: object; readonly data: { before: Snapshot; after: Snapshot } | undefined };
const keep = ({ params, data }: Single) => void seen.push(params, look(data));
const keepBoth = ({ params, data }: Changed) => void seen.push(params, look(data?.before), look(data?.after));
const document = "orders/{order}";

test("onDocumentCreated gets the document", async () => {
  const handler = v2.onDocumentCreated(document, (event) => keep(event as unknown as Single));
  expect(await run(handler, changed("insert"))).toEqual({ outcome: "ack" });
  expect(seen).toEqual([{ order: "o1" }, there(after)]);
});

test("onDocumentUpdated gets both sides", async () => {
  const handler = v2.onDocumentUpdated(document, (event) => keepBoth(event as unknown as Changed));
  expect(await run(handler, changed("update"))).toEqual({ outcome: "ack" });
  expect(seen).toEqual([{ order: "o1" }, there(before), there(after)]);
});

test("onDocumentDeleted gets the document that was there", async () => {
  const handler = v2.onDocumentDeleted(document, (event) => keep(event as unknown as Single));
  expect(await run(handler, changed("delete"))).toEqual({ outcome: "ack" });
  expect(seen).toEqual([{ order: "o1" }, there(before)]);
});

test.each([
  ["insert", nowhere, there(after)],
  ["update", there(before), there(after)],
  ["delete", there(before), nowhere],
] as const)("onDocumentWritten gets both sides of: %s", async (action, one, other) => {
  const handler = v2.onDocumentWritten(document, (event) => keepBoth(event as unknown as Changed));
  expect(await run(handler, changed(action), { written: true })).toEqual({ outcome: "ack" });
  expect(seen).toEqual([{ order: "o1" }, one, other]);
});

type Declare = (document: string, handler: (event: unknown) => void) => unknown;
type WithAuth = { readonly type: string; readonly authType: string; readonly authId?: string };
const keepAuth = ({ type, authType, authId }: WithAuth) => void seen.push(type, authType, authId);
const authType = (name: string) => `google.cloud.firestore.document.v1.${name}.withAuthContext`;

test.each([
  ["created", "insert", v2.onDocumentCreatedWithAuthContext],
  ["updated", "update", v2.onDocumentUpdatedWithAuthContext],
  ["deleted", "delete", v2.onDocumentDeletedWithAuthContext],
  ["written", "update", v2.onDocumentWrittenWithAuthContext],
] as const)("with auth context, %s tells who made the change", async (name, action, declare) => {
  const handler = (declare as Declare)(document, (event) => keepAuth(event as WithAuth));
  const written = name === "written";
  const authContext = () => ({ type: "app_user", id: "ada" });
  expect(await run(handler, changed(action), { written, authContext })).toEqual({ outcome: "ack" });
  expect(await run(handler, changed(action), { written, authContext: true })).toEqual({ outcome: "ack" });
  expect(seen).toEqual([authType(name), "app_user", "ada", authType(name), "unknown", undefined]);
});

test("a function of the first generation has its params, from its own path or from the option", async () => {
  const handler = v1.firestore.document(document).onUpdate((both, context) => {
    seen.push(look(both.before as Snapshot), look(both.after as Snapshot), context.params);
  });
  expect(await run(handler, changed("update"), { signature: "event" })).toEqual({ outcome: "ack" });
  expect(seen).toEqual([there(before), there(after), { order: "o1" }]);
  const bare = async (_data: object, context: { params?: object }) => void seen.push(context.params);
  await run(bare, changed("insert", { table: "shops/s1/orders" }), {
    signature: "event",
    pattern: "shops/{shop}/orders/{order}",
  });
  expect(seen[3]).toEqual({ shop: "s1", order: "o1" });
});

test("a function of the first generation for the Realtime Database is told who made the change", async () => {
  const handler = v1.database
    .instance("shop")
    .ref("/orders/{order}")
    .onUpdate((_both, context) => {
      seen.push(context.params, context.authType, context.auth?.uid);
    });
  const options = { from: "realtime-database", instance: "shop", signature: "event" };
  const event = changed("update", { before: { total: 1 }, after: { total: 2 } });
  await run(handler, event, options);
  await run(handler, event, { ...options, authContext: () => ({ type: "app_user", id: "ada" }) });
  await run(handler, event, { ...options, authContext: () => ({ type: "service_account" }) });
  const params = { order: "o1" };
  expect(seen).toEqual([params, "UNAUTHENTICATED", undefined, params, "USER", "ada", params, "ADMIN", undefined]);
});

test("what an event of the first generation had in its context is there again", async () => {
  const background = { params: { order: "o1" }, auth: { admin: true } };
  const event = changed("insert", { native: { background } });
  const bare = async (_data: object, context: object) => void seen.push(context);
  await run(bare, event, { signature: "event" });
  expect(seen).toMatchObject([background]);
});
