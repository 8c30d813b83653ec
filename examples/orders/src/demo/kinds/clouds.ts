import { randomUUID } from "node:crypto";
import { aws, azure, gcp, type Host, node } from "@portico/testing/hosts";
import { send } from "../client.js";
import { awsEvents } from "./aws-events.js";
import { azureEvents } from "./azure-events.js";
import { gcpEvents, type Post } from "./gcp-events.js";
import { nodeEvents } from "./node-events.js";
import type { Kind, Meaning, Step } from "./steps.js";

/** What the platform learns of an event's end. */
export interface Outcome {
  /** In its own words. */
  readonly words: string;
  readonly meaning: Meaning | "refused";
  readonly answer?: unknown;
}

/** Functions that wait for events in one cloud's own runtime. */
export interface Deployment {
  readonly hosts: readonly Host[];
  fire(step: Step): Promise<Outcome>;
  /** What the functions of this kind wrote. */
  logs(kind: Kind): readonly string[];
}

/** One column of the table. */
export interface Cloud {
  readonly name: string;
  readonly title: string;
  start(): Promise<Deployment>;
}

const built = (name: string) => new URL(`./${name}-pipeline.js`, import.meta.url);

export const clouds: readonly Cloud[] = [
  {
    name: "container",
    title: "container: CloudEvents over HTTP",
    start: async () => {
      const token = randomUUID();
      const host = await node({ module: built("node"), env: { EVENTS_TOKEN: token } });
      return {
        hosts: [host],
        logs: () => host.logs,
        fire: (step) => {
          const { path, ...request } = nodeEvents[step.kind](step);
          const headers = { ...request.headers, authorization: `Bearer ${token}` };
          return post(host.url + path, { ...request, headers });
        },
      };
    },
  },
  {
    name: "aws",
    title: "AWS Lambda: SQS, SNS, Kinesis, S3, DynamoDB, EventBridge",
    start: async () => {
      const host = await aws({ module: built("aws"), export: "handler" });
      return {
        hosts: [host],
        logs: () => host.logs,
        fire: async (step) => {
          const invoked = await host.invoke(awsEvents[step.kind](step));
          if (invoked.status === "failure") return { words: "failure", meaning: "again" };
          const { result } = invoked;
          if (step.kind === "invoke") return { words: "a result", meaning: "answer", answer: result };
          const failures = (result as { batchItemFailures?: readonly unknown[] } | null)?.batchItemFailures;
          if (!failures) return { words: "success", meaning: "done" };
          return {
            words: failures.length === 1 ? "1 failure" : `${failures.length} failures`,
            meaning: failures.length > 0 ? "again" : "done",
          };
        },
      };
    },
  },
  {
    name: "azure",
    title: "Azure Functions: Service Bus, Event Hubs, Event Grid, Cosmos DB, Timer, HTTP",
    start: async () => {
      const host = await azure({ module: built("azure") });
      return {
        hosts: [host],
        logs: () => host.logs,
        fire: async (step) => {
          if (step.kind === "invoke") {
            const headers = { "content-type": "application/json" };
            return post(`${host.url}/api/quote`, { headers, body: JSON.stringify(step.data) });
          }
          const { status } = await host.trigger(functions[step.kind], azureEvents[step.kind](step));
          return { words: status, meaning: status === "success" ? "done" : "again" };
        },
      };
    },
  },
  {
    name: "google",
    title: "Google Cloud Functions: Pub/Sub, Cloud Storage, Firestore, Cloud Scheduler, Eventarc, HTTP",
    start: async () => {
      // A process serves one function.
      const started = await Promise.all(kinds.map((kind) => gcp({ module: built("gcp"), export: functions[kind] })));
      const hostOf = (kind: Kind) => started[kinds.indexOf(kind)] as Host;
      return {
        hosts: started,
        logs: (kind) => hostOf(kind).logs,
        fire: (step) => post(`${hostOf(step.kind).url}/`, gcpEvents[step.kind](step)),
      };
    },
  },
];

/** What the deployed functions are called. */
const functions: Readonly<Record<Kind, string>> = {
  queue: "fulfil",
  topic: "welcome",
  stream: "clicks",
  object: "invoiceStored",
  change: "orderChanged",
  schedule: "nightlyReport",
  event: "audit",
  invoke: "quote",
};
const kinds = Object.keys(functions) as Kind[];

/** The senders of events look at nothing but the status. */
async function post(url: string, { headers, body }: Post): Promise<Outcome> {
  const { origin, pathname } = new URL(url);
  const reply = await send(origin, { method: "POST", target: pathname, headers: Object.entries(headers), body });
  const words = String(reply.status);
  if (reply.status === 200) return { words, meaning: "answer", answer: JSON.parse(reply.body.toString()) };
  if (reply.status >= 200 && reply.status < 300) return { words, meaning: "done" };
  // They send again what is refused, too; but nothing here is to be refused.
  return { words, meaning: reply.status >= 500 ? "again" : "refused" };
}
