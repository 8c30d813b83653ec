import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as aws from "@portico/aws";
import * as lambda from "@portico/aws/wrap";
import { change, event, http, type NeutralEvent, object, queue, reply, schedule, stream, topic } from "@portico/core";
import { describe, expect, test } from "vitest";

const corpus = process.env.PORTICO_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const root = join(corpus, "aws");

interface Entry {
  readonly file: string;
  readonly kind: string;
  readonly role: "request" | "response";
}

const context: aws.LambdaContext = {
  awsRequestId: "invocation",
  functionName: "corpus",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:corpus",
  memoryLimitInMB: "128",
  logGroupName: "group",
  logStreamName: "stream",
  getRemainingTimeInMillis: () => 10_000,
};

type Events = readonly never[];
const sink = async () => undefined;

/** What a portable function gets of a native event. */
const collect =
  (deploy: (look: (one: NeutralEvent) => void) => aws.MessageHandler) =>
  async (native: unknown): Promise<Events> => {
    const seen: NeutralEvent[] = [];
    await deploy((one) => void seen.push(one))(native, context);
    return seen as unknown as Events;
  };

const messages = {
  queue: collect((look) => aws.queue(queue("q").handle(look))),
  topic: collect((look) => aws.topic(topic("t").handle(look))),
  stream: collect((look) => aws.stream(stream("s").handle(look), { sink })),
  object: collect((look) => aws.object(object("b").handle(look))),
  change: collect((look) => aws.change(change("t").handle(look), { sink })),
  schedule: collect((look) => aws.schedule(schedule("0 3 * * *").handle(look))),
  event: collect((look) => aws.event(event().handle(look))),
};

async function readHttp(native: unknown): Promise<Events> {
  const seen: unknown[] = [];
  const fn = http.any("/*path").handle((request) => {
    seen.push(request);
    return reply.empty();
  });
  await aws.http(fn)(native as aws.HttpEvent, context);
  return seen as unknown as Events;
}

interface Cell {
  read(native: unknown): Promise<Events>;
  encode(events: Events): unknown;
  /** Maps whose names are a user's or a sender's. */
  readonly open?: readonly string[];
  /** What only some real events have, with the reason. */
  readonly optional: Readonly<Record<string, string>>;
}

const httpCell = (format: lambda.HttpFormat, optional: Cell["optional"]): Cell => ({
  read: readHttp,
  encode: ([request]) => lambda.encodeHttp(request as never, { format, lossy: true }),
  open: "headers multiValueHeaders queryStringParameters multiValueQueryStringParameters pathParameters"
    .split(" ")
    .concat(
      "stageVariables requestContext.authorizer requestContext.identity requestContext.authentication".split(" "),
    ),
  optional,
});

const s3Optional = {
  "Records[].s3.object.size": "deletes have none",
  "Records[].s3.object.eTag": "deletes have none",
  "Records[].s3.object.versionId": "buckets with versions have it",
  "Records[].s3.object.sequencer": "events of lifecycle rules have none",
  "Records[].s3.object.urlDecodedKey": "a member of the Go structure, not sent by S3",
  "Records[].glacierEventData": "of objects that are restored",
  "Records[].lifecycleEventData": "of objects that change their class",
  "Records[].intelligentTieringEventData": "of another archive",
  "Records[].replicationEventData": "of replicas",
  "Records[].restoreEventData": "where the Go sample has what S3 sends in glacierEventData",
};
const busOptional = { "replay-name": "of replayed events" };

const cells: Readonly<Record<string, Cell>> = {
  "mq-activemq": {
    read: messages.queue,
    encode: (all) => lambda.encodeQueue(all, { source: "active-mq" }),
    open: ["messages[].properties"],
    optional: {},
  },
  "mq-rabbitmq": {
    read: messages.queue,
    encode: (all) => lambda.encodeQueue(all, { source: "rabbit-mq" }),
    open: ["rmqMessagesByQueue.*[].basicProperties.headers"],
    optional: {},
  },
  "sqs-standard": {
    read: messages.queue,
    encode: (all) => lambda.encodeQueue(all),
    open: ["Records[].messageAttributes"],
    optional: { "Records[].md5OfMessageAttributes": "where there are attributes, in some deliveries" },
  },
  sns: {
    read: messages.topic,
    encode: ([one]) => lambda.encodeTopic(one as never),
    open: ["Records[].Sns.MessageAttributes"],
    optional: {},
  },
  kinesis: { read: messages.stream, encode: (all) => lambda.encodeStream(all), optional: {} },
  msk: {
    read: messages.stream,
    encode: (all) => lambda.encodeStream(all, { source: "msk" }),
    open: ["records.*[].headers"],
    optional: {},
  },
  "kafka-self-managed": {
    read: messages.stream,
    encode: (all) => lambda.encodeStream(all, { source: "kafka" }),
    open: ["records.*[].headers"],
    optional: {},
  },
  s3: { read: messages.object, encode: ([one]) => lambda.encodeObject(one as never), optional: s3Optional },
  dynamodb: {
    read: messages.change,
    encode: (all) => lambda.encodeChange(all),
    open: ["Keys", "NewImage", "OldImage"].map((name) => `Records[].dynamodb.${name}`),
    optional: {
      "Records[].userIdentity": "of items that were too old",
      "Records[].dynamodb.NewImage": "by the view, and not of deletes",
      "Records[].dynamodb.OldImage": "by the view, and not of inserts",
      "Records[].dynamodb.ApproximateCreationDateTime": "left out in some samples",
    },
  },
  eventbridge: {
    read: messages.event,
    encode: ([one]) => lambda.encodeEvent(one as never),
    open: ["detail"],
    optional: busOptional,
  },
  "eventbridge-scheduled": {
    read: messages.schedule,
    encode: ([one]) => lambda.encodeSchedule(one as never),
    open: ["detail"],
    optional: { ...busOptional, version: "some tools leave it out" },
  },
  "apigw-v1": httpCell("rest", {
    isBase64Encoded: "left out in older samples",
    multiValueHeaders: "left out in one sample",
    "requestContext.operationName": "of APIs that were made from OpenAPI",
  }),
  "apigw-v2": httpCell("http-2.0", {
    body: "of requests with one; null in SAM's",
    pathParameters: "of routes with parameters",
    queryStringParameters: "of requests with a query; null in SAM's",
    stageVariables: "of stages with variables",
    "requestContext.authorizer": "of APIs with an authorizer",
    "requestContext.authentication": "of APIs with mutual TLS",
    "requestContext.domainName": "left out by SAM",
    "requestContext.domainPrefix": "left out by SAM",
    "requestContext.time": "left out by SAM",
    "requestContext.timeEpoch": "left out by SAM",
  }),
  furl: httpCell("url", {
    routeKey: "left out in the Go sample",
    "requestContext.routeKey": "left out in the Go sample",
    "requestContext.stage": "left out in the Go sample",
  }),
  "alb-single": httpCell("alb", {}),
  "alb-multi": httpCell("alb-multi", { queryStringParameters: "one sample has both maps" }),
};

/** The places in an event that have a value, down to maps whose names are somebody's own. */
function paths(value: unknown, { open = [], optional }: Cell, at = ""): string[] {
  if (at in optional) return [];
  if (open.includes(at) || typeof value !== "object" || value === null) return [at];
  if (Array.isArray(value)) return value.flatMap((item) => paths(item, cell(open, optional), `${at}[]`));
  return Object.entries(value).flatMap(([name, inner]) => {
    const step = /^(?:rmqMessagesByQueue|records)$/.test(at) ? "*" : name;
    return paths(inner, cell(open, optional), at === "" ? step : `${at}.${step}`);
  });
}

const cell = (open: readonly string[], optional: Cell["optional"]): Cell => ({ open, optional }) as Cell;

describe.runIf(existsSync(root))("what the wrapper of a handler makes has the members of a real event", () => {
  const all: readonly Entry[] = existsSync(root) ? JSON.parse(readFileSync(join(root, "index.json"), "utf8")) : [];
  const entries = all.filter(({ role, kind }) => role === "request" && kind in cells);

  test("of every kind that the corpus has", () => {
    expect(new Set(entries.map(({ kind }) => kind))).toEqual(new Set(Object.keys(cells)));
  });

  test.each(entries.map(({ file, kind }) => [file, kind]))("%s", async (file, kind) => {
    const native: unknown = JSON.parse(readFileSync(join(root, file), "utf8"));
    const of = cells[kind] as Cell;
    const made = JSON.parse(JSON.stringify(await of.encode(await of.read(native))));
    expect([...new Set(paths(made, of))].sort()).toEqual([...new Set(paths(native, of))].sort());
  });
});
