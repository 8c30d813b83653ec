import { http, type LambdaContext } from "@portico/aws";
import { decodeHttpResult, encodeHttp, type HttpFormat } from "@portico/aws/wrap/http";
import { leapingClock } from "../../packages/core/test/leaping-clock.js";
import { app } from "./functions.mjs";
import { httpContract, type Limits } from "./http.js";
import { captureOutput, toRequest, toWire } from "./in-process.js";

const formats: Record<HttpFormat, Limits> = {
  rest: { buffers: true },
  "http-1.0": { buffers: true, decodesPath: true },
  "http-2.0": { buffers: true, decodesPath: true, joinsWith: "," },
  url: { buffers: true, joinsWith: "," },
  alb: { buffers: true, keepsLast: true, largestBody: 700_000 },
  "alb-multi": { buffers: true, largestBody: 700_000 },
  lattice: { buffers: true },
};

const lambda: LambdaContext = {
  awsRequestId: "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
  functionName: "contract",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:contract",
  memoryLimitInMB: "128",
  logGroupName: "/aws/lambda/contract",
  logStreamName: "2026/11/23/[$LATEST]0",
  getRemainingTimeInMillis: () => 30_000,
};

leapingClock();

for (const [format, limits] of Object.entries(formats) as [HttpFormat, Limits][]) {
  httpContract(`AWS ${format}, in process`, limits, async () => {
    const handler = http(app, { timeoutMs: 1000 });
    const output = captureOutput();
    return {
      async send(request) {
        const event = await encodeHttp(toRequest(request), { format, lossy: true });
        return toWire(decodeHttpResult(await handler(event, lambda), format));
      },
      log: output.read,
      close: async () => output.release(),
    };
  });
}
