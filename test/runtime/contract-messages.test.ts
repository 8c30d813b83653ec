// What every message cell must do, every source of it, through the runtimes of the clouds.
import { fileURLToPath } from "node:url";
import { aws, gcp } from "@portico/testing/hosts";
import { type AzureHost, azure } from "@portico/testing/hosts/azure";
import { afterAll } from "vitest";
import { hosted as hostedOnAws } from "../contract/messages/aws-deployment.js";
import { awsSources } from "../contract/messages/aws-sources.js";
import { hosted as hostedOnAzure } from "../contract/messages/azure-deployment.js";
import { azureSources } from "../contract/messages/azure-sources.js";
import { hosted as hostedOnGcp } from "../contract/messages/gcp-deployment.js";
import { gcpSources } from "../contract/messages/gcp-sources.js";
import { messageContract } from "../contract/messages.js";

const module = (name: string) => fileURLToPath(new URL(`../contract/deploy/${name}-messages.mjs`, import.meta.url));
const nodePath = process.env.PORTICO_NODE;
const options = { ...(nodePath !== undefined && { nodePath }) };

for (const source of awsSources) {
  const deploy = async () =>
    hostedOnAws(source, await aws({ ...options, module: module("aws"), export: `deployed.${source.export}` }));
  messageContract(`aws-lambda-ric, ${source.name}`, source.limits, deploy, { concurrent: true });
}

// One app has the functions of all sources. Sources that are tried side by side need a log each, so an app has one at a time.
const apps: AzureHost[] = [];
const idle: AzureHost[] = [];
afterAll(() => Promise.all(apps.map((app) => app.close())));

async function startApp(): Promise<AzureHost> {
  const app = await azure({ ...options, module: module("azure") });
  apps.push(app);
  return app;
}

for (const source of azureSources) {
  const deploy = async () => {
    const app = idle.pop() ?? (await startApp());
    return { ...hostedOnAzure(source, app), close: async () => void idle.push(app) };
  };
  messageContract(`@azure/functions, ${source.name}`, source.limits, deploy, { concurrent: true });
}

for (const source of gcpSources) {
  const deploy = async () =>
    hostedOnGcp(source, await gcp({ ...options, module: module("gcp"), export: source.target }));
  messageContract(`functions-framework, ${source.name}`, source.limits, deploy, { concurrent: true });
}
