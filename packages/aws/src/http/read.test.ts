import { http as portable, reply } from "@portico/core";
import { expect, test } from "vitest";
import { alb, everyFormat, lambdaContext, lattice, payloadV2, rest } from "../../test/events.js";
import { http } from "../http.js";

const handler = http(portable.any("/*path").handle(() => reply.text("never for these")));
const call = (event: unknown) => handler(event as never, lambdaContext());
const websocket = { connectionId: "c", eventType: "CONNECT", routeKey: "$connect" };

test.each<[name: string, event: unknown]>([
  ["websocket", rest({}, websocket)],
  ["websocket", { requestContext: { connectionId: "c", routeKey: "$default" }, body: "x" }],
  ["authorizer", { ...rest(), type: "REQUEST", methodArn: "arn:aws:execute-api:eu-west-1:1:a/b/GET/" }],
  ["authorizer", { ...payloadV2(), type: "REQUEST", routeArn: "arn:aws:execute-api:eu-west-1:1:a/b/GET/" }],
  ["authorizer", { type: "TOKEN", authorizationToken: "t", methodArn: "arn:aws:execute-api:eu-west-1:1:a/b/GET/" }],
  ["lattice-v1", { raw_path: "/", method: "GET", headers: {}, body: "", is_base64_encoded: false }],
  ["lambda@edge", { Records: [{ cf: { config: {}, request: { uri: "/", method: "GET" } } }] }],
  ["durable", { DurableExecutionArn: "arn", CheckpointToken: "t", InitialExecutionState: { Operations: [] } }],
  [
    "sqs",
    { Records: [{ eventSource: "aws:sqs", messageId: "m", body: '{"requestContext":{"http":{"method":"GET"}}}' }] },
  ],
  ["sns", { Records: [{ EventSource: "aws:sns", Sns: {} }] }],
  ["kafka", { eventSource: "aws:kafka", records: {} }],
  ["SelfManagedKafka", { eventSource: "SelfManagedKafka", records: {} }],
  ["amq", { eventSource: "aws:amq", messages: [] }],
  ["no records", { Records: [] }],
  ["schedule", { "detail-type": "Scheduled Event", source: "aws.events", detail: {} }],
  ["schedule", { "detail-type": "Scheduled Event", source: "aws.scheduler", detail: "{}" }],
  ["eventbridge", { "detail-type": "Scheduled Event", source: "my.own", detail: {} }],
  ["eventbridge", { version: "0", "detail-type": "Object Created", source: "aws.s3", detail: {} }],
  ["cloudwatch-logs", { awslogs: { data: "" } }],
  [
    "cognito",
    { version: "2", triggerSource: "TokenGeneration_Authentication", userPoolId: "p", request: {}, response: {} },
  ],
  ["cloudevent", { specversion: "1.0", id: "1", source: "/", type: "t" }],
  ["array", [{ messageId: "m", body: "x", eventSource: "aws:sqs" }]],
  ["null", null],
  ["undefined", undefined],
  ["string", '{"requestContext":{}}'],
  ["number", 42],
  ["unknown (a, b)", { a: 1, b: 2 }],
  ["unknown ()", {}],
  ["unknown (version, rawPath)", { version: "2.0", rawPath: "/" }],
  ["unknown (httpMethod, path)", { httpMethod: "GET", path: "/" }],
  ["unknown (requestContext)", { requestContext: null }],
  ["unknown (requestContext)", { requestContext: {} }],
])("an event of another kind is refused by its name: %s", async (name, event) => {
  await expect(call(event)).rejects.toMatchObject({
    name: "HandlerError",
    code: "EVENT_UNSUPPORTED",
    message: `An HTTP request was expected, and this event is: ${name}.`,
    hint: expect.stringContaining("aws.http takes"),
  });
});

const context = payloadV2().requestContext;
test.each<[what: string, event: unknown]>([
  ["method", { ...payloadV2(), requestContext: { ...context, http: {} } }],
  ["method", { ...payloadV2(), requestContext: { ...context, http: { method: 7 } } }],
  ["method", { ...rest(), httpMethod: "" }],
  ["method", { ...alb(), httpMethod: undefined }],
  ["method", { ...lattice(), method: null }],
  ["rawPath", { ...payloadV2(), rawPath: undefined }],
  ["path", { ...rest(), path: 7 }],
  ["path", { ...lattice(), path: ["/"] }],
])("an event without a sound %s is refused as malformed", async (what, event) => {
  await expect(call(event)).rejects.toMatchObject({
    code: "EVENT_MALFORMED",
    message: expect.stringContaining(`The ${what} `),
  });
});

test.each(everyFormat)(
  "%s: maps and bodies of a type that no service sends are refused as malformed",
  async (_name, event) => {
    for (const wrong of [
      { headers: "a: b" },
      { multiValueHeaders: 1 },
      { queryStringParameters: "a=b" },
      { cookies: "a=1" },
      { body: 7 },
      { body: {} },
    ]) {
      const [what = ""] = Object.keys(wrong);
      await expect(call({ ...event, ...wrong })).rejects.toMatchObject({
        code: "EVENT_MALFORMED",
        message: expect.stringContaining(what),
      });
    }
  },
);

test("an event of payload format 2.0 that a user made by hand is read, as far as it goes", async () => {
  const event = { rawPath: "/x", requestContext: { http: { method: "GET" } } };
  expect(await call(event)).toMatchObject({ statusCode: 200, body: "never for these" });
});
