import type {
  CloudEventFunction,
  CloudEventFunctionWithCallback,
  EventFunction,
  EventFunctionWithCallback,
  HttpFunction,
} from "@google-cloud/functions-framework";
import type { HttpFunction as PortableHttpFunction, QueueFunction } from "@portico/core";
import { expectTypeOf, test } from "vitest";
import * as google from "./index.js";

declare const http: HttpFunction;
declare const cloudEvent: CloudEventFunction<{ message: { data: string } }>;
declare const cloudEventCallback: CloudEventFunctionWithCallback;
declare const background: EventFunction;
declare const backgroundCallback: EventFunctionWithCallback;

test("handlers typed as the framework types them fit without a cast", () => {
  expectTypeOf(google.http(http)).toEqualTypeOf<PortableHttpFunction>();
  expectTypeOf(google.queue(cloudEvent, { queue: "q" })).toEqualTypeOf<QueueFunction>();
  google.topic(cloudEventCallback, { topic: "t" });
  google.object(background, { bucket: "b", signature: "event" });
  google.change(backgroundCallback, { table: "t", signature: "event" });
  google.stream((event: { data?: { message: { orderingKey: string } } }) => event.data, { stream: "s" });
  google.schedule(http, { when: "0 3 * * *" });
  google.event(cloudEvent);
  google.invoke(http, { name: "n" });
});

test("a function is declared for something", () => {
  // @ts-expect-error the queue's name is missing
  google.queue(cloudEvent, {});
  // @ts-expect-error there is no such signature
  google.topic(cloudEvent, { topic: "t", signature: "typed" });
  // @ts-expect-error what is wrapped is a function
  google.http("handler");
});
