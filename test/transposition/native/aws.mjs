// Lambda functions as their authors write them: they know no other cloud.
import { act, digest, wordOf } from "./did.mjs";

/** Partial failures, as the mapping has ReportBatchItemFailures. */
const each = (idOf, work) => async (event) => {
  const batchItemFailures = [];
  for (const record of event.Records) {
    try {
      await work(record);
    } catch (error) {
      console.error(error);
      batchItemFailures.push({ itemIdentifier: idOf(record) });
    }
  }
  return { batchItemFailures };
};

export const queue = each(
  ({ messageId }) => messageId,
  ({ messageId, body }) => act(wordOf(body), { id: messageId, ...digest(body) }),
);

export const topic = async ({ Records: [{ Sns }] }) =>
  act(wordOf(Sns.Message), { id: Sns.MessageId, ...digest(Sns.Message) });

export const stream = async (event) => {
  for (const { kinesis } of event.Records) {
    const data = Buffer.from(kinesis.data, "base64");
    try {
      act(wordOf(data), { sequence: kinesis.sequenceNumber, ...digest(data) });
    } catch (error) {
      console.error(error);
      return { batchItemFailures: [{ itemIdentifier: kinesis.sequenceNumber }] };
    }
  }
  return { batchItemFailures: [] };
};

export const object = async ({ Records: [{ s3, eventName }] }) => {
  const key = decodeURIComponent(s3.object.key.replace(/\+/g, " "));
  act(key.split("/")[1], { bucket: s3.bucket.name, key, created: eventName.startsWith("ObjectCreated:") });
};

const plain = ({ S, N, BOOL }) => S ?? (N === undefined ? BOOL : Number(N));

export const change = each(
  ({ dynamodb }) => dynamodb.SequenceNumber,
  ({ dynamodb }) => {
    const { todo, text, number, big } = dynamodb.NewImage;
    act(plain(todo), { text: plain(text), number: plain(number), big: plain(big), keys: Object.keys(dynamodb.Keys) });
  },
);

const tick = (todo) => async (event) => act(todo, { time: event.time, type: event["detail-type"] });
export const schedule = tick("ok");
export const scheduleThrow = tick("throw");

export const event = async ({ detail, source, "detail-type": type }) =>
  act(detail.todo, { type, source, text: detail.text, number: detail.number, big: detail.big });

/** With callbacks and a second argument, as older functions have it. */
export function invoke(event, context, callback) {
  if (event.todo === "throw") return callback(new TypeError("a secret reason"));
  callback(null, { echo: event, request: context.awsRequestId !== "" });
}

/** Payload format 2.0. */
export const http = async (event) => {
  if (event.rawPath.endsWith("/throw")) throw new TypeError("a secret reason");
  const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  const saw = {
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    header: event.headers["x-any"],
    cookies: event.cookies ?? [],
    ...digest(body),
  };
  return {
    statusCode: 201,
    headers: { "content-type": "application/json", "x-saw": "aws" },
    cookies: ["a=1; Path=/", "b=2; HttpOnly"],
    body: Buffer.from(JSON.stringify(saw)).toString("base64"),
    isBase64Encoded: true,
  };
};
