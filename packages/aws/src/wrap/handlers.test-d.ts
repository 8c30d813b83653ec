import type {
  ALBHandler,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  CloudWatchLogsHandler,
  Context,
  DynamoDBStreamHandler,
  EventBridgeHandler,
  Handler,
  KinesisStreamHandler,
  LambdaFunctionURLHandler,
  MSKHandler,
  S3Handler,
  ScheduledHandler,
  SESHandler,
  SelfManagedKafkaHandler,
  SNSHandler,
  SQSHandler,
  StreamifyHandler,
} from "aws-lambda";
import { expectTypeOf, test } from "vitest";
import * as lambda from "./index.js";
import type { NativeContext } from "./lambda/context.js";

declare const sqs: SQSHandler;
declare const sns: SNSHandler;
declare const kinesis: KinesisStreamHandler;
declare const msk: MSKHandler;
declare const kafka: SelfManagedKafkaHandler;
declare const s3: S3Handler;
declare const dynamoDb: DynamoDBStreamHandler;
declare const scheduled: ScheduledHandler;
declare const bus: EventBridgeHandler<"OrderPlaced", { sku: string }, void>;
declare const logs: CloudWatchLogsHandler;
declare const ses: SESHandler;
declare const any: Handler;
declare const rest: APIGatewayProxyHandler;
declare const payloadV2: APIGatewayProxyHandlerV2;
declare const url: LambdaFunctionURLHandler;
declare const alb: ALBHandler;
declare const streamed: StreamifyHandler;

test("any handler of a vendor's type is taken without a cast", () => {
  lambda.queue(sqs, { queue: "q" });
  lambda.queue.batch(sqs, { queue: "q" });
  lambda.topic(sns, { topic: "t" });
  lambda.stream(kinesis, { stream: "s" });
  lambda.stream.batch(msk, { stream: "s", source: "msk" });
  lambda.stream(kafka, { stream: "s", source: "kafka" });
  lambda.object(s3, { bucket: "b" });
  lambda.change(dynamoDb, { table: "t" });
  lambda.schedule(scheduled, { when: "0 3 * * *" });
  lambda.event(bus);
  lambda.event(logs, { source: "logs" });
  lambda.event(ses, { source: "ses" });
  lambda.invoke(any, { name: "f" });
  for (const handler of [rest, payloadV2, url, alb, streamed]) lambda.http(handler, { path: "/", payload: "2.0" });
});

test("what is no handler, and options that a kind has not, are refused", () => {
  // @ts-expect-error a name is no function
  lambda.queue("index.handler", { queue: "q" });
  // @ts-expect-error a queue has a name
  lambda.queue(sqs, {});
  // @ts-expect-error one message is delivered at a time
  lambda.topic.batch;
  // @ts-expect-error a front end has to be named
  lambda.http(rest, { path: "/" });
  // @ts-expect-error nothing of that name sends records
  lambda.stream(kinesis, { stream: "s", source: "nats" });
});

test("the context is that of the runtime", () => {
  expectTypeOf<Omit<NativeContext, "clientContext">>().toExtend<Omit<Context, "clientContext">>();
});

test("an encoder gives the event of its source", () => {
  expectTypeOf(lambda.encodeQueue([])).resolves.toEqualTypeOf<lambda.SqsEvent>();
  expectTypeOf(lambda.encodeQueue([], { source: "rabbit-mq" })).resolves.toEqualTypeOf<lambda.RabbitMqEvent>();
  expectTypeOf(lambda.encodeStream([], { source: "msk" })).resolves.toEqualTypeOf<lambda.KafkaEvent>();
  expectTypeOf(lambda.encodeChange([])).resolves.toEqualTypeOf<lambda.DynamoDbEvent>();
});
