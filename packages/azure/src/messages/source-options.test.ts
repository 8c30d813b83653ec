import { change, event, object, queue, schedule, stream, topic } from "@portico/core";
import { expect, test, vi } from "vitest";
import { bindingOf } from "../../test/worker.js";
import * as azure from "../index.js";

vi.mock("../service-bus/extension.js", () => ({ loadExtension: vi.fn() }));

const nothing = () => undefined;
const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 5000 } as const;
const sink = { put: async () => undefined };

/** A registration of each source, with these among Azure's own options. */
function registrations(own: object): readonly (readonly [source: string, register: () => unknown])[] {
  const given = own as never;
  const withRetry = { retry, ...own } as never;
  const sql = { commandText: "x", connectionStringSetting: "Sql", ...own } as never;
  return [
    ["queue, storageQueue", () => azure.queue("q", queue("a").handle(nothing), { storageQueue: given })],
    ["queue, serviceBus", () => azure.queue("q", queue("a").handle(nothing), { serviceBus: given })],
    ["queue, rabbitMQ", () => azure.queue("q", queue("a").handle(nothing), { rabbitMQ: given })],
    ["topic, serviceBus", () => azure.topic("t", topic("a").handle(nothing), { serviceBus: given })],
    ["topic, eventGrid", () => azure.topic("t", topic("a").handle(nothing), { eventGrid: given })],
    [
      "stream, eventHub",
      () => azure.stream("s", stream("a").handle(nothing), { eventHub: withRetry, sink: sink as never }),
    ],
    ["stream, kafka", () => azure.stream("s", stream("a").handle(nothing), { kafka: withRetry, sink: sink as never })],
    ["object, blob", () => azure.object("o", object("a").handle(nothing), { blob: given })],
    ["object, eventGrid", () => azure.object("o", object("a").handle(nothing), { eventGrid: given })],
    [
      "change, cosmosDB",
      () => azure.change("c", change("a").handle(nothing), { cosmosDB: withRetry, sink: sink as never }),
    ],
    [
      "change, sql",
      () => azure.change("c", change("a").handle(nothing), { sql, primaryKey: ["id"], sink: sink as never }),
    ],
    ["schedule, timer", () => azure.schedule("n", schedule("0 3 * * *").handle(nothing), { timer: given })],
    ["event, eventGrid", () => azure.event("e", event().handle(nothing), { eventGrid: given })],
  ];
}

test.each(registrations({ sdkBinding: true }))(
  "%s: sdkBinding is refused, since its objects are not read",
  (_, register) => {
    expect(register).toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        message: expect.stringContaining("sdkBinding"),
        hint: expect.any(String),
      }),
    );
  },
);

test.each(registrations({ autoCompleteMessages: false }))(
  "%s: autoCompleteMessages: false is refused, since nothing would complete the messages",
  (_, register) => {
    expect(register).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining("autoCompleteMessages") }),
    );
  },
);

test("with settlement both are what is registered anyway; their opposites without it are left as they are", () => {
  const own = { connection: "Bus", sdkBinding: true, autoCompleteMessages: false };
  for (const settlement of [true, "imported"] as const) {
    azure.queue("settled-queue", queue("a").handle(nothing), { serviceBus: own, settlement });
    expect(bindingOf("settled-queue")).toMatchObject({ sdkBinding: true, autoCompleteMessages: false });
    const serviceBus = { ...own, subscriptionName: "b" };
    azure.topic("settled-topic", topic("a").handle(nothing), { serviceBus, settlement });
    expect(bindingOf("settled-topic")).toMatchObject({ sdkBinding: true, autoCompleteMessages: false });
  }
  const plain = { connection: "Bus", sdkBinding: false, autoCompleteMessages: true };
  azure.queue("plain-queue", queue("a").handle(nothing), { serviceBus: plain });
  expect(bindingOf("plain-queue")).toMatchObject({ sdkBinding: false, autoCompleteMessages: true });
});
