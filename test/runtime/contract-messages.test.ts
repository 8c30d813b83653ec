// What every message cell must do, every source of it, through the runtimes of the clouds.
import { fileURLToPath } from "node:url";
import { aws, gcp } from "@portico/testing/hosts";
import { type AzureHost, azure } from "@portico/testing/hosts/azure";
import { afterAll, beforeAll } from "vitest";
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
  messageContract(`aws-lambda-ric, ${source.name}`, source.limits, async () =>
    hostedOnAws(source, await aws({ ...options, module: module("aws"), export: `deployed.${source.export}` })),
  );
}

let app: AzureHost;
beforeAll(async () => {
  app = await azure({ ...options, module: module("azure") });
});
afterAll(() => app.close());

for (const source of azureSources) {
  messageContract(`@azure/functions, ${source.name}`, source.limits, async () => hostedOnAzure(source, app));
}

for (const source of gcpSources) {
  messageContract(`functions-framework, ${source.name}`, source.limits, async () =>
    hostedOnGcp(source, await gcp({ ...options, module: module("gcp"), export: source.target })),
  );
}
