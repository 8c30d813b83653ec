// A batch of ten messages, of which two are to come again; and batches that grow.
import assert from "node:assert/strict";
import { LambdaContext } from "../work/lambda.mjs";
import { newOrder, place } from "../work/orders.mjs";
import { builds, isPortico, loadPortico } from "../work/portico.mjs";

const figure = (name, title, size, peers, { perCall = 1, unit = "us" } = {}) => ({
  file: "sqs",
  name,
  title,
  unit,
  perCall,
  names: ["bare", ...builds, ...peers],
  enter: (contestant) => enter(contestant, size),
});

export const figures = [
  figure("sqs-batch", "SQS, a batch of ten, two of them failing", 10, ["by-message", "middy", "powertools"]),
  ...[10, 100, 1_000, 10_000].map((size) =>
    figure(`growth-batch-${size}`, `SQS, per message of a batch of ${size}`, size, ["by-message"], {
      perCall: size,
      unit: "us/message",
    }),
  ),
];

const isBad = (index) => index % 5 === 3;

function batch(size) {
  const record = (index) => ({
    messageId: `m-${index}`,
    receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
    body: isBad(index) ? newOrder.replace("lamp-12", "sold-out") : newOrder,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1773342238000",
      SenderId: "AIDAIENQZJOLO23YVJ4VO",
      ApproximateFirstReceiveTimestamp: "1773342238010",
    },
    messageAttributes: {},
    md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:orders",
    awsRegion: "eu-west-1",
  });
  return JSON.stringify({ Records: Array.from({ length: size }, (_, index) => record(index)) });
}

/** The work on one message: whether it can be done now. */
function fulfil(order) {
  const { sku, total } = place(order);
  return sku !== "sold-out" && total > 0;
}

const contestants = {
  bare: () => async (event) => {
    const batchItemFailures = [];
    for (const { messageId, body } of event.Records) {
      try {
        if (!(await handle(JSON.parse(body)))) batchItemFailures.push({ itemIdentifier: messageId });
      } catch {
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  },
  // What a handler for each message costs by itself, with a promise for its body and all of them at once: no library, and none of its checks.
  "by-message": () => {
    const fn = async (message) => ((await handle(await message.json())) ? undefined : "retry");
    return async ({ Records }) => {
      const results = await Promise.allSettled(Records.map(({ body }) => fn({ json: async () => JSON.parse(body) })));
      const failed = Records.filter((_, index) => results[index].status === "rejected" || results[index].value);
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };
  },
  middy: async () => {
    const [{ default: middy }, { default: normalizer }, { default: partial }] = await Promise.all([
      import("@middy/core"),
      import("@middy/event-normalizer"),
      import("@middy/sqs-partial-batch-failure"),
    ]);
    return middy()
      .use(normalizer())
      .use(partial({ logger: false }))
      .handler(({ Records }) =>
        Promise.allSettled(
          Records.map(async ({ body }) => {
            if (!(await handle(body))) throw retryLater;
          }),
        ),
      );
  },
  powertools: async () => {
    const { BatchProcessor, EventType, processPartialResponse } = await import("@aws-lambda-powertools/batch");
    // Its warnings would be measured with it.
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const processor = new BatchProcessor(EventType.SQS, { logger });
    const onRecord = async ({ body }) => {
      if (!(await handle(JSON.parse(body)))) throw retryLater;
    };
    return (event, context) => processPartialResponse(event, onRecord, processor, { context });
  },
};

async function handle(order) {
  return fulfil(order);
}

// Made once: nobody pays for a stack trace.
const retryLater = new Error("sold out");

async function portico(build) {
  const { queue: handler } = await loadPortico(build, "aws/dist/queue.js");
  const { queue, retry } = await loadPortico(build, "core/dist/index.js");
  const fn = queue("orders").handle(async (message) => ((await handle(await message.json())) ? undefined : retry()));
  return handler(fn, { batchItemFailures: true });
}

async function enter(name, size) {
  const call = await (isPortico(name) ? portico(name) : contestants[name]());
  const text = batch(size);
  const fresh = () => [JSON.parse(text), new LambdaContext()];
  const failed = Array.from({ length: size }, (_, index) => index).filter(isBad);
  assert.deepEqual(await call(...fresh()), {
    batchItemFailures: failed.map((index) => ({ itemIdentifier: `m-${index}` })),
  });
  return { call, fresh };
}
