// Lambda functions as their authors write them, with AWS Lambda Powertools: they know no other cloud.
import {
  BatchProcessor,
  EventType,
  processPartialResponse,
  SqsFifoPartialProcessorAsync,
} from "@aws-lambda-powertools/batch";
import { NotFoundError, Router, streamify } from "@aws-lambda-powertools/event-handler/http";
import type {
  APIGatewayProxyEventV2,
  Context,
  DynamoDBRecord,
  DynamoDBStreamHandler,
  KinesisStreamHandler,
  KinesisStreamRecord,
  SQSHandler,
  SQSRecord,
} from "aws-lambda";

/** What the record handlers were given, in order. */
export const handled: string[] = [];

function work(text: string): void {
  handled.push(text);
  if (JSON.parse(text).fail) throw new Error(`cannot do ${text}`);
}

const sqs = new BatchProcessor(EventType.SQS);
export const onOrder: SQSHandler = async (event, context) =>
  processPartialResponse(event, async (record: SQSRecord) => work(record.body), sqs, {
    context,
    throwOnFullBatchFailure: false,
  });

/** As above, with the default of the library: a batch that fails as a whole is a throw. */
export const onOrderOrThrow: SQSHandler = async (event, context) =>
  processPartialResponse(event, async (record: SQSRecord) => work(record.body), sqs, { context });

const fifo = new SqsFifoPartialProcessorAsync();
export const onFifoOrder: SQSHandler = async (event, context) =>
  processPartialResponse(event, async (record: SQSRecord) => work(record.body), fifo, {
    context,
    throwOnFullBatchFailure: false,
    skipGroupOnError: true,
  });

const kinesis = new BatchProcessor(EventType.KinesisDataStreams);
export const onClick: KinesisStreamHandler = async (event, context) =>
  processPartialResponse(
    event,
    async ({ kinesis: { data } }: KinesisStreamRecord) => work(Buffer.from(data, "base64").toString()),
    kinesis,
    { context, processInParallel: false, throwOnFullBatchFailure: false },
  );

const dynamoDb = new BatchProcessor(EventType.DynamoDBStreams);
export const onChange: DynamoDBStreamHandler = async (event, context) =>
  processPartialResponse(
    event,
    async ({ dynamodb }: DynamoDBRecord) => work(dynamodb?.NewImage?.text?.S ?? "{}"),
    dynamoDb,
    { context, processInParallel: false, throwOnFullBatchFailure: false },
  );

const app = new Router();
app.get("/orders/:id", async ({ params, req }) => ({
  id: params.id,
  tenant: new URL(req.url).searchParams.get("tenant"),
}));
app.post(
  "/orders",
  async ({ req }) => new Response(JSON.stringify(await req.json()), { status: 201, headers: { "x-made": "1" } }),
);
app.get("/missing", async () => {
  throw new NotFoundError("There is no such order.");
});
app.get("/bug", async () => {
  throw new TypeError("a secret reason");
});

export const api = async (event: APIGatewayProxyEventV2, context: Context) => app.resolve(event, context);

/** As the library's guide writes it, for a function URL that streams. */
export const streamedApi = () => streamify(app);
