// Functions of every cloud behind every source of every cloud, in this process.
import "../../packages/azure/test/worker.js";
import type { MessageHandler } from "@portico/aws";
import { inProcess as onAws } from "../contract/messages/aws-deployment.js";
import { awsSources } from "../contract/messages/aws-sources.js";
import { inProcess as onAzure } from "../contract/messages/azure-deployment.js";
import { azureSources } from "../contract/messages/azure-sources.js";
import { inProcess as onGcp } from "../contract/messages/gcp-deployment.js";
import { gcpSources } from "../contract/messages/gcp-sources.js";
import * as lambda from "./deploy/aws.mjs";
import "./deploy/azure.mjs";
import "./deploy/gcp.mjs";
import type { Cloud } from "./functions.mjs";
import { transposed } from "./messages.js";

const clouds: readonly Cloud[] = ["aws", "azure", "gcp"];

for (const from of clouds) {
  for (const source of awsSources) {
    const { name, limits } = source;
    const handler = (all: typeof lambda.from) => all[from][source.export] as MessageHandler;
    transposed({
      from,
      name: `AWS ${name}`,
      limits,
      deploy: async () => onAws(source, handler(lambda.from)),
      ...(limits.kind === "schedule" && { deployFailing: async () => onAws(source, handler(lambda.fails)) }),
    });
  }
  for (const source of azureSources) {
    const { name, limits } = source;
    transposed({
      from,
      name: `Azure ${name}`,
      limits,
      deploy: async () => onAzure(source, `${from}-`),
      ...(limits.kind === "schedule" && { deployFailing: async () => onAzure(source, `${from}-fails-`) }),
    });
  }
  for (const source of gcpSources) {
    const { name, limits } = source;
    transposed({
      from,
      name: `Google ${name}`,
      limits,
      deploy: () => onGcp(source, `${from}-`),
      ...(limits.kind === "schedule" && { deployFailing: () => onGcp(source, `${from}-fails-`) }),
    });
  }
}
