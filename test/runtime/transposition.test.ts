// Functions of every cloud on every cloud, through the runtimes of the clouds: the 3 x 3 table, a source of each kind.
import { fileURLToPath } from "node:url";
import { aws, gcp, type Host } from "@portico/testing/hosts";
import { type AzureHost, azure } from "@portico/testing/hosts/azure";
import { afterAll, beforeAll } from "vitest";
import { hosted as hostedOnAws } from "../contract/messages/aws-deployment.js";
import { type AwsSource, awsSources } from "../contract/messages/aws-sources.js";
import { hosted as hostedOnAzure } from "../contract/messages/azure-deployment.js";
import { type AzureSource, azureSources } from "../contract/messages/azure-sources.js";
import { hosted as hostedOnGcp } from "../contract/messages/gcp-deployment.js";
import { type GcpSource, gcpSources } from "../contract/messages/gcp-sources.js";
import type { Cloud } from "../transposition/functions.mjs";
import { transposedHttp, transposedInvoke } from "../transposition/http.js";
import { transposed } from "../transposition/messages.js";

const module = (name: Cloud) => fileURLToPath(new URL(`../transposition/deploy/${name}.mjs`, import.meta.url));
const nodePath = process.env.PORTICO_NODE;
const options = { ...(nodePath !== undefined && { nodePath }) };
const clouds: readonly Cloud[] = ["aws", "azure", "gcp"];

const onAws = async (name: string) => aws({ ...options, module: module("aws"), export: name });
const onGcp = async (name: string) => gcp({ ...options, module: module("gcp"), export: name });
let app: AzureHost;
const http = { aws: new Map<Cloud, Host>(), gcp: new Map<Cloud, Host>() };
beforeAll(async () => {
  const start = async (from: Cloud) => {
    http.aws.set(from, await onAws(`from.${from}.http`));
    http.gcp.set(from, await onGcp(`${from}-http`));
  };
  const starting = clouds.map(start);
  app = await azure({ ...options, module: module("azure") });
  await Promise.all(starting);
});
afterAll(async () => {
  await Promise.all([app, ...http.aws.values(), ...http.gcp.values()].map((host) => host?.close()));
});

/** The sources that most functions have; all others are tried in this process. */
const named = <S extends { readonly name: string }>(sources: readonly S[], names: readonly string[]): readonly S[] =>
  names.map((name) => {
    const source = sources.find((one) => one.name === name);
    if (!source) throw new Error(`There is no source ${name}.`);
    return source;
  });
const ofAws: readonly AwsSource[] = named(awsSources, [
  ...["SQS", "SNS", "Kinesis", "S3", "DynamoDB", "EventBridge rule", "EventBridge"],
]);
const ofAzure: readonly AzureSource[] = named(azureSources, [
  ...["Service Bus queue, one", "Service Bus topic", "Event Hubs", "Event Grid storage events", "Cosmos DB"],
  ...["Timer", "Event Grid"],
]);
const ofGcp: readonly GcpSource[] = named(gcpSources, [
  ...["Pub/Sub push, queue", "Pub/Sub as a CloudEvent", "Pub/Sub push, stream", "Cloud Storage", "Firestore"],
  ...["Cloud Scheduler", "CloudEvents, binary"],
]);

for (const from of clouds) {
  for (const source of ofAws) {
    const on = (set: string) => async () => hostedOnAws(source, await onAws(`${set}.${from}.${source.export}`));
    const deployFailing = source.limits.kind === "schedule" ? on("fails") : undefined;
    transposed({
      from,
      name: `aws-lambda-ric, ${source.name}`,
      limits: source.limits,
      deploy: on("from"),
      deployFailing,
    });
  }
  for (const source of ofAzure) {
    const on = (prefix: string) => async () => hostedOnAzure(source, app, prefix);
    const deployFailing = source.limits.kind === "schedule" ? on(`${from}-fails-`) : undefined;
    const name = `@azure/functions, ${source.name}`;
    transposed({ from, name, limits: source.limits, deploy: on(`${from}-`), deployFailing });
  }
  for (const source of ofGcp) {
    const on = (prefix: string) => async () => hostedOnGcp(source, await onGcp(prefix + source.target));
    const deployFailing = source.limits.kind === "schedule" ? on(`${from}-fails-`) : undefined;
    const name = `functions-framework, ${source.name}`;
    transposed({ from, name, limits: source.limits, deploy: on(`${from}-`), deployFailing });
  }
  transposedHttp(from, "aws-lambda-ric", (one) => (http.aws.get(one) as Host).url);
  transposedHttp(from, "@azure/functions", () => `${app.url}/api`);
  transposedHttp(from, "functions-framework", (one) => (http.gcp.get(one) as Host).url);
  transposedInvoke(from, "aws-lambda-ric", async (payload) => {
    await using host = await onAws(`from.${from}.invoke`);
    const outcome = await host.invoke(payload);
    return outcome.status === "success" ? outcome.result : undefined;
  });
  transposedInvoke(from, "@azure/functions", (payload) => post(`${app.url}/api/quote-of-${from}`, payload));
  transposedInvoke(from, "functions-framework", async (payload) => {
    await using host = await onGcp(`${from}-invoke`);
    return await post(`${host.url}/`, payload);
  });
}

async function post(url: string, payload: unknown): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const reply = await fetch(url, { method: "POST", headers, body: JSON.stringify(payload) });
  const text = await reply.text();
  return reply.ok ? JSON.parse(text) : undefined;
}
