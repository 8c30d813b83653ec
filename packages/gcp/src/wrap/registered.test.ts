import { cloudEvent, http as register } from "@google-cloud/functions-framework";
import { getFunction } from "@google-cloud/functions-framework/testing";
import { fake } from "@portico/testing";
import { expect, test } from "vitest";
import { http } from "./http.js";
import type { NativeHandler } from "./options.js";
import { topic } from "./topic.js";

// Functions that are registered inline, and that no module exports.
const published: unknown[] = [];
register("hello", (request, response) => void response.status(201).send(`hello ${request.query.name}`));
cloudEvent("onOrder", (event: { readonly type: string }) => void published.push(event.type));

test("a function that is registered inline is wrapped by its name", async () => {
  const hello = http(getFunction("hello") as NativeHandler, { path: "/hello" });
  expect(await hello(fake.http({ url: "/hello?name=ada" }) as never)).toMatchObject({ status: 201 });
  const onOrder = topic(getFunction("onOrder") as NativeHandler, { topic: "orders" });
  expect(await onOrder(fake.topic({ text: "{}" }))).toEqual({ outcome: "ack" });
  expect(published).toEqual(["google.cloud.pubsub.topic.v1.messagePublished"]);
});

test("a name that nothing is registered by is CONFIG_INVALID", () => {
  expect(() => http(getFunction("missing") as NativeHandler, { path: "/" })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
});
