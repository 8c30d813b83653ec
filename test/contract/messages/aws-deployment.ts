import { createHash } from "node:crypto";
import type { LambdaContext, MessageHandler } from "@portico/aws";
import type { AwsHost } from "@portico/testing/hosts";
import { captureOutput } from "../in-process.js";
import type { MessageDeployment } from "../messages.js";
import { type AwsSource, foreignTo, readResult } from "./aws-sources.js";

type Outcome = { readonly result: unknown } | { readonly error: string };
/** Lambda's own retries keep the id of the request. */
type Invoke = (event: unknown, requestId: string) => Promise<Outcome>;

/** A Lambda function for one source, in this process. */
export function inProcess(source: AwsSource, handler: MessageHandler): MessageDeployment {
  const output = captureOutput();
  const invoke: Invoke = (event, id) =>
    handler(structuredClone(event), lambda(id)).then(
      (result) => ({ result }),
      (error: unknown) => {
        // The runtime client writes down what an Error says, and nothing of anything else.
        if (!(error instanceof Error)) throw new Error(`rejected with ${String(error)}`);
        return { error: `${(error as { code?: string }).code} ${error.message}` };
      },
    );
  return { ...toDeployment(source, invoke), log: output.read, close: async () => output.release() };
}

/** A Lambda function for one source, in the real runtime client. */
export function hosted(source: AwsSource, host: AwsHost): MessageDeployment {
  const invoke: Invoke = async (event, requestId) => {
    const outcome = await host.invoke(event, { requestId });
    return outcome.status === "failure" ? { error: outcome.reason } : { result: outcome.result };
  };
  const log = () => host.logs.map((line) => `${line}\n`).join("");
  return { ...toDeployment(source, invoke), log, logsLate: true, close: () => host.close() };
}

function toDeployment(source: AwsSource, invoke: Invoke): Pick<MessageDeployment, "deliver" | "foreign"> {
  return {
    async deliver(items) {
      const requestId = createHash("sha256").update(JSON.stringify(items)).digest("hex").slice(0, 32);
      const outcome = await invoke(source.event(items), requestId);
      if ("error" in outcome) return { acknowledged: items.map(() => false), error: outcome.error };
      return { acknowledged: readResult(source, items, outcome.result) };
    },
    foreign: foreignTo(source).map((event) => async () => {
      const outcome = await invoke(event, "foreign");
      return "error" in outcome ? { acknowledged: [false], error: outcome.error } : { acknowledged: [true] };
    }),
  };
}

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
