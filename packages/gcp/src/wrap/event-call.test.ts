import type { Server } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { NodeApp } from "@portico/core/adapter";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { toBackgroundArguments, toCloudEventArgument } from "./event-call.js";
import { type GoogleRequest, toPost, toWire } from "./google-request.js";

// The framework's own server for every signature; its public test entry knows no background functions.
const folder = dirname(createRequire(import.meta.url).resolve("@google-cloud/functions-framework"));
const { getServer } = createRequire(import.meta.url)(join(folder, "server.js")) as {
  getServer(fn: (...parts: unknown[]) => unknown, options: object): Server;
};

beforeEach(() => {
  vi.spyOn(console, "error").mockReturnValue();
  vi.spyOn(console, "warn").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

/** What the real framework calls a function with; undefined when it does not. */
async function fromFramework(signatureType: "cloudevent" | "event", request: GoogleRequest) {
  let got: unknown[] | undefined;
  const fn = (...parts: unknown[]): undefined => {
    got = parts;
  };
  const app = new NodeApp(
    () => undefined,
    () =>
      getServer(signatureType === "event" ? (data, context) => fn(data, context) : (event) => fn(event), {
        signatureType,
        timeoutMilliseconds: 0,
        ignoredRoutes: null,
      }),
  );
  await app.send(toWire(request), { signal: new AbortController().signal, onLate: () => undefined });
  return got;
}

function orRefused<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    expect(error).toMatchObject({ code: "EVENT_UNENCODABLE", permanent: true });
    return undefined;
  }
}

const fields = (type: string, source: string, more: Record<string, string> = {}) => ({
  "content-type": "application/json",
  "ce-id": "1",
  "ce-source": source,
  "ce-specversion": "1.0",
  "ce-type": type,
  "ce-time": "2026-01-02T03:04:05.678Z",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  ...more,
});
const storage = "//storage.googleapis.com/projects/_/buckets/b";
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

const requests: readonly (readonly [title: string, request: GoogleRequest])[] = [
  ["an event of anybody", toPost(fields("com.example.a", "/orders", { "ce-x": "%C3%A9" }), json({ a: 1 }))],
  ["a list of JSON", toPost(fields("com.example.a", "/orders"), json([1]))],
  ["JSON that is empty", toPost(fields("com.example.a", "/orders"), json(undefined))],
  ["a scalar of JSON", toPost(fields("com.example.a", "/orders"), json(1))],
  ["no JSON at all", toPost(fields("com.example.a", "/orders"), new TextEncoder().encode("{bad"))],
  ["text", toPost(fields("com.example.a", "/orders", { "content-type": "text/plain" }), json("é"))],
  ["bytes", toPost(fields("com.example.a", "/orders", { "content-type": "application/protobuf" }), json("é"))],
  ["other JSON", toPost(fields("com.example.a", "/orders", { "content-type": "application/vnd.a+json" }), json({}))],
  [
    "JSON in UTF-16",
    toPost(fields("com.example.a", "/o", { "content-type": "application/json; charset=latin1" }), json({})),
  ],
  [
    "structured mode",
    toPost({ "content-type": "application/cloudevents+json" }, json({ id: "1", type: "t", data: { a: 1 } })),
  ],
  ["structured mode without data", toPost({ "content-type": "application/cloudevents+json" }, json({ id: "1", n: 1 }))],
  [
    "a message of Pub/Sub",
    toPost(
      fields("google.cloud.pubsub.topic.v1.messagePublished", "//pubsub.googleapis.com/projects/p/topics/t"),
      json({
        message: { data: "YQ==", messageId: "1", message_id: "1", publishTime: "t", attributes: {} },
        subscription: "s",
      }),
    ),
  ],
  [
    "an object",
    toPost(
      fields("google.cloud.storage.object.v1.finalized", storage, { "ce-subject": "objects/a" }),
      json({ kind: "storage#object" }),
    ),
  ],
  [
    "a document as JSON",
    toPost(
      fields(
        "google.cloud.firestore.document.v1.updated",
        "//firestore.googleapis.com/projects/p/databases/(default)",
        {
          "ce-subject": "documents/a/b",
        },
      ),
      json({ value: {} }),
    ),
  ],
  [
    "a document as protobuf",
    toPost(
      fields(
        "google.cloud.firestore.document.v1.created",
        "//firestore.googleapis.com/projects/p/databases/(default)",
        {
          "content-type": "application/protobuf",
          "ce-subject": "documents/a/b",
        },
      ),
      Uint8Array.from([10, 0]),
    ),
  ],
  [
    "a change of the Realtime Database",
    toPost(
      fields(
        "google.firebase.database.ref.v1.written",
        "//firebasedatabase.googleapis.com/projects/_/locations/us-central1/instances/i",
        { "ce-subject": "refs/a/b" },
      ),
      json({ data: null, delta: 1 }),
    ),
  ],
  [
    "a user",
    toPost(
      fields("google.firebase.auth.user.v1.created", "//firebaseauth.googleapis.com/projects/p", {
        "ce-subject": "users/u",
      }),
      json({ uid: "u", metadata: { createTime: "c", lastSignInTime: "l", x: 1 } }),
    ),
  ],
  ["a source that is none of Google's", toPost(fields("google.cloud.storage.object.v1.deleted", "/b"), json({}))],
];

describe.each(requests)("%s", (_title, request) => {
  test("is what the real framework calls a CloudEvent function with", async () => {
    const real = await fromFramework("cloudevent", request);
    const ours = orRefused(() => toCloudEventArgument(request));
    expect(ours).toEqual(real?.[0]);
  });

  test("is what the real framework calls a background function with", async () => {
    const real = await fromFramework("event", request);
    const ours = orRefused(() => toBackgroundArguments(request));
    expect(ours && [ours.data, ours.context]).toEqual(real);
  });
});
