// Runs one adapter in this process, again and again, and prints what became of it: `node --expose-gc in-process.mjs <adapter> <count>`.
import { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { Duplex } from "node:stream";
import { http, queue, reply, retry } from "@portico/core";
import { router } from "@portico/router";

const [name, count] = [process.argv[2], Number(process.argv[3])];

const app = router([
  http.post("/orders").handle(async (request, { signal }) => {
    // Every part of an invocation that could be held on to is used: a body, a signal, a wait.
    const order = await request.json();
    signal.addEventListener("abort", () => {});
    if (order.number % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
    return reply.json({ number: order.number }, { status: 201 });
  }),
]);
const fulfil = queue("orders").handle(async (message, { waitUntil }) => {
  const { number } = await message.json();
  waitUntil(Promise.resolve(number));
  return number % 5 === 3 ? retry() : undefined;
});

/** Makes of a number what one invocation answers: whether it is what it should be. */
const adapters = {
  async "aws-http"() {
    const { http: handler } = await import("@portico/aws/http");
    const call = handler(app);
    return async (number) => {
      const { statusCode, body } = await call(toPayloadV2(number), lambda);
      return statusCode === 201 && JSON.parse(body).number === number;
    };
  },
  async "aws-sqs"() {
    const { queue: handler } = await import("@portico/aws/queue");
    const call = handler(fulfil, { batchItemFailures: true });
    return async (number) => {
      const { batchItemFailures } = await call({ Records: [toRecord(number), toRecord(number + 1)] }, lambda);
      return batchItemFailures.length === [number, number + 1].filter((one) => one % 5 === 3).length;
    };
  },
  async azure() {
    const { default: library } = await import("@azure/functions");
    const { http: onAzure } = await import("@portico/azure/http");
    const call = onAzure("orders", app);
    return async (number) => {
      const request = new library.HttpRequest({
        method: "POST",
        url: "https://contoso.azurewebsites.net/api/orders",
        body: { string: toBody(number) },
      });
      const context = new library.InvocationContext({ functionName: "orders", invocationId: String(number) });
      const { status, body } = await call(request, context);
      return status === 201 && JSON.parse(body).number === number;
    };
  },
  async gcp() {
    const { http: onAzure } = await import("@portico/gcp/http");
    return throughNode(onAzure("orders", app), (request, body) =>
      Object.assign(request, { rawBody: body, body: JSON.parse(body), originalUrl: request.url, path: request.url }),
    );
  },
  async node() {
    const { toNodeListener } = await import("@portico/node");
    return throughNode(toNodeListener(app), (request, body) => {
      request.push(body);
      request.push(null);
      request.complete = true;
      return request;
    });
  },
};

/** Requests and responses of `node:http` on a socket that leads nowhere. */
function throughNode(listener, prepare) {
  return (number) =>
    new Promise((resolve) => {
      const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
      const request = new IncomingMessage(socket);
      const body = Buffer.from(toBody(number));
      const headers = {
        host: "example.test",
        "content-type": "application/json",
        "content-length": String(body.length),
      };
      Object.assign(request, { method: "POST", url: "/orders", httpVersion: "1.1", headers });
      request.rawHeaders = Object.entries(headers).flat();
      const response = new ServerResponse(request);
      response.assignSocket(socket);
      response.on("finish", () => {
        socket.destroy();
        resolve(response.statusCode === 201);
      });
      listener(prepare(request, body), response);
    });
}

const lambda = {
  awsRequestId: "1",
  functionName: "orders",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
  getRemainingTimeInMillis: () => 30_000,
};

function toBody(number) {
  return JSON.stringify({ number, note: "x".repeat(200) });
}

function toPayloadV2(number) {
  return {
    version: "2.0",
    rawPath: "/orders",
    rawQueryString: "",
    headers: { "content-type": "application/json", host: "example.test" },
    requestContext: { http: { method: "POST", path: "/orders" }, stage: "$default", requestId: String(number) },
    body: toBody(number),
    isBase64Encoded: false,
  };
}

function toRecord(number) {
  const eventSourceARN = "arn:aws:sqs:eu-west-1:123456789012:orders";
  return { messageId: `m${number}`, body: toBody(number), attributes: {}, eventSource: "aws:sqs", eventSourceARN };
}

// Azure's library looks for its worker as it is loaded.
const { require: original } = createRequire(import.meta.url)("node:module").prototype;
const core = { registerFunction() {}, setProgrammingModel() {}, registerHook: () => ({ dispose() {} }), log() {} };
createRequire(import.meta.url)("node:module").prototype.require = function (id) {
  return id === "@azure/functions-core" ? core : original.call(this, id);
};

const call = await adapters[name]();
let wrong = 0;

/** Sixteen at a time. */
async function run(from, to) {
  let next = from;
  const worker = async () => {
    while (next < to) {
      const number = next;
      next += 1;
      if (!(await call(number))) wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  // Timers of a few milliseconds let go of what they hold.
  await new Promise((resolve) => setTimeout(resolve, 30));
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

const warm = Math.ceil(count / 5);
const before = await run(0, warm);
const after = await run(warm, count);
console.log(JSON.stringify({ name, count, wrong, grownBytes: after - before }));
process.exit();
