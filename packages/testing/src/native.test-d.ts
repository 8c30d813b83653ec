import type { EventGridHandler, HttpHandler, StorageQueueHandler, TimerHandler } from "@azure/functions";
import type { CloudEventFunction } from "@google-cloud/functions-framework";
import { http, invoke, queue } from "@portico/core";
import type {
  ALBEvent,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  Context,
  DynamoDBStreamEvent,
  EventBridgeEvent,
  Handler,
  KinesisStreamEvent,
  MSKEvent,
  S3Event,
  ScheduledEvent,
  SNSEvent,
  SQSEvent,
  SQSHandler,
} from "aws-lambda";
import { expectTypeOf, test } from "vitest";
import * as aws from "./aws/index.js";
import * as azure from "./azure/index.js";
import { onEveryCloud } from "./every-cloud/index.js";
import type { HttpResult, InvokeResult, MessageResult } from "./every-cloud/result.js";
import { fake } from "./fake.js";
import * as gcp from "./gcp/index.js";

test("fakes of AWS go to handlers that are typed by @types/aws-lambda", async () => {
  expectTypeOf(aws.queue()).resolves.toExtend<SQSEvent>();
  expectTypeOf(aws.topic()).resolves.toExtend<SNSEvent>();
  expectTypeOf(aws.stream()).resolves.toExtend<KinesisStreamEvent>();
  expectTypeOf(aws.stream({}, { source: "msk" })).resolves.toExtend<Pick<MSKEvent, "records">>();
  expectTypeOf(aws.object()).resolves.toExtend<S3Event>();
  expectTypeOf(aws.change()).resolves.toExtend<DynamoDBStreamEvent>();
  expectTypeOf(aws.event()).resolves.toExtend<EventBridgeEvent<string, unknown>>();
  expectTypeOf(aws.schedule()).resolves.toExtend<Omit<ScheduledEvent, "detail">>();
  expectTypeOf(aws.http()).resolves.toExtend<APIGatewayProxyEventV2>();
  expectTypeOf(aws.http({}, { format: "rest" })).resolves.toExtend<Omit<APIGatewayProxyEvent, "requestContext">>();
  expectTypeOf(aws.http({}, { format: "alb" })).resolves.toExtend<ALBEvent>();
  expectTypeOf(aws.context()).toExtend<Context>();
  const handler = {} as SQSHandler;
  const any = {} as Handler<SQSEvent>;
  void handler(await aws.queue(), aws.context(), () => undefined);
  void any(await aws.queue({}, { source: "sqs" }), aws.context(), () => undefined);
  // @ts-expect-error another source's event
  void handler(await aws.queue({}, { source: "rabbit-mq" }), aws.context(), () => undefined);
  // @ts-expect-error misspelt
  void aws.queue({ jsn: 1 });
  // @ts-expect-error no such member
  void aws.queue({}, {}, { Record: [] });
});

test("fakes of Azure go to handlers of @azure/functions", async () => {
  const [timer, request, event, message] = [
    await azure.schedule(),
    await azure.http(),
    await azure.event(),
    await azure.queue(),
  ];
  void ({} as TimerHandler)(timer.input, timer.context);
  void ({} as HttpHandler)(request.input, request.context);
  void ({} as EventGridHandler)(event.input, event.context);
  void ({} as StorageQueueHandler)(message.input, message.context);
  void azure.queue({}, { storageQueue: { dataType: "binary" } });
  // @ts-expect-error a queue comes from no event hub
  void azure.queue({}, { eventHub: {} });
  // @ts-expect-error a timer is no request
  void ({} as HttpHandler)(timer.input, timer.context);
});

test("fakes of Google Cloud have the form of their signature", async () => {
  void ({} as CloudEventFunction<unknown>)(await gcp.queue());
  expectTypeOf(gcp.queue({}, { signature: "http" })).resolves.toEqualTypeOf<gcp.GoogleRequest>();
  expectTypeOf(gcp.queue({}, { from: "cloud-tasks" })).resolves.toEqualTypeOf<gcp.GoogleRequest>();
  expectTypeOf(gcp.schedule()).resolves.toEqualTypeOf<gcp.GoogleRequest>();
  expectTypeOf(gcp.topic({}, { signature: "event" })).resolves.toHaveProperty("context");
  // @ts-expect-error a task comes as a request alone
  void gcp.queue({}, { from: "cloud-tasks", signature: "event" });
});

test("onEveryCloud takes the events of its function, and gives what its kind is answered", async () => {
  const fulfil = onEveryCloud(
    queue("orders").handle(() => undefined),
    { azure: { storageQueue: { connection: "Store" } } },
  );
  const results = await fulfil.send(fake.queue());
  expectTypeOf(results.aws).toExtend<MessageResult>();
  expectTypeOf(results.aws.received?.kind).toEqualTypeOf<"queue" | undefined>();
  // @ts-expect-error a topic's message
  void fulfil.send(fake.topic());
  const get = http.get("/orders/:id").handle(() => new Response());
  expectTypeOf((await onEveryCloud(get).send(fake.http({ params: { id: "7" } }))).gcp).toEqualTypeOf<HttpResult>();
  expectTypeOf(
    (await onEveryCloud(invoke("total").handle(() => 1)).send(fake.invoke())).azure,
  ).toEqualTypeOf<InvokeResult>();
  // @ts-expect-error an HTTP function has no queue
  onEveryCloud(get, { azure: { storageQueue: { connection: "Store" } } });
  // @ts-expect-error no such format
  onEveryCloud(get, { aws: { format: "http-3.0" } });
  // @ts-expect-error not a portable function
  onEveryCloud(() => undefined);
});
