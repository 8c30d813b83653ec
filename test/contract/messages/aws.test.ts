import type { LambdaContext, MessageHandler } from "@portico/aws";
import { deployed } from "../deploy/aws-messages.mjs";
import { captureOutput } from "../in-process.js";
import { messageContract } from "../messages.js";
import { awsSources, foreignTo, readResult } from "./aws-sources.js";

const lambda = (id: string): LambdaContext => ({
  awsRequestId: id,
  functionName: "contract",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:contract",
  memoryLimitInMB: "128",
  logGroupName: "/aws/lambda/contract",
  logStreamName: "2026/11/23/[$LATEST]0",
  getRemainingTimeInMillis: () => 30_000,
});

for (const source of awsSources) {
  messageContract(`AWS ${source.name}, in process`, source.limits, async () => {
    const handler = deployed[source.export] as MessageHandler;
    const output = captureOutput();
    const invoke = (event: unknown, id: string) =>
      handler(structuredClone(event), lambda(id)).then(
        (result) => ({ result }),
        (error: unknown) => {
          // The runtime client writes down what an Error says, and nothing of anything else.
          if (!(error instanceof Error)) throw new Error(`rejected with ${String(error)}`);
          return { error: `${(error as { code?: string }).code} ${error.message}` };
        },
      );
    return {
      async deliver(items) {
        // Lambda's own retries keep the id of the request.
        const outcome = await invoke(source.event(items), `request-${items[0]?.place}`);
        if ("error" in outcome) return { acknowledged: items.map(() => false), error: outcome.error };
        return { acknowledged: readResult(source, items, outcome.result) };
      },
      foreign: foreignTo(source).map((event) => async () => {
        const outcome = await invoke(event, "foreign");
        return "error" in outcome ? { acknowledged: [false], error: outcome.error } : { acknowledged: [true] };
      }),
      log: output.read,
      close: async () => output.release(),
    };
  });
}
