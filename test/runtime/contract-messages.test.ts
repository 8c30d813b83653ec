// What every message cell must do, every source of it, through the runtimes of the clouds.
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { aws, gcp } from "@portico/testing/hosts";
import { type AzureHost, azure } from "@portico/testing/hosts/azure";
import { afterAll, beforeAll } from "vitest";
import { awsSources, foreignTo as foreignToAws, readResult } from "../contract/messages/aws-sources.js";
import {
  type AzureStart,
  azureSources,
  foreignTo as foreignToAzure,
  targetOf,
} from "../contract/messages/azure-sources.js";
import { gcpSources, toGcpDeployment } from "../contract/messages/gcp-sources.js";
import { type Item, messageContract } from "../contract/messages.js";

const module = (name: string) => fileURLToPath(new URL(`../contract/deploy/${name}-messages.mjs`, import.meta.url));
const nodePath = process.env.PORTICO_NODE;
const options = { ...(nodePath !== undefined && { nodePath }) };
const linesOf = (logs: readonly string[]) => () => logs.map((line) => `${line}\n`).join("");

for (const source of awsSources) {
  messageContract(`aws-lambda-ric, ${source.name}`, source.limits, async () => {
    const host = await aws({ ...options, module: module("aws"), export: `deployed.${source.export}` });
    return {
      async deliver(items) {
        // What comes again comes under the request id of the first try, as Lambda's asynchronous retries do.
        const requestId = createHash("sha256").update(JSON.stringify(items)).digest("hex").slice(0, 32);
        const outcome = await host.invoke(source.event(items), { requestId });
        if (outcome.status === "failure") return { acknowledged: items.map(() => false), error: outcome.reason };
        return { acknowledged: readResult(source, items, outcome.result) };
      },
      foreign: foreignToAws(source).map((event) => async () => {
        const outcome = await host.invoke(event);
        return outcome.status === "failure"
          ? { acknowledged: [false], error: outcome.reason }
          : { acknowledged: [true] };
      }),
      log: linesOf(host.logs),
      logsLate: true,
      close: () => host.close(),
    };
  });
}

let app: AzureHost;
beforeAll(async () => {
  app = await azure({ ...options, module: module("azure") });
});
afterAll(() => app.close());

for (const source of azureSources) {
  messageContract(`@azure/functions, ${source.name}`, source.limits, async () => {
    const run = async (name: string, start: AzureStart, count: number) => {
      const { status, error } = await app.trigger(name, start);
      return { acknowledged: Array.from({ length: count }, () => status === "success"), error };
    };
    return {
      deliver: (items) => run(targetOf(source, items[0] as Item), source.start(items), items.length),
      foreign: foreignToAzure(source).map((start) => () => run(targetOf(source, { todo: "ok", place: 0 }), start, 1)),
      log: linesOf(app.logs),
      logsLate: true,
    };
  });
}

for (const source of gcpSources) {
  messageContract(`functions-framework, ${source.name}`, source.limits, async () => {
    const host = await gcp({ ...options, module: module("gcp"), export: source.target });
    return {
      ...toGcpDeployment(source, `${host.url}/`, linesOf(host.logs)),
      logsLate: true,
      close: () => host.close(),
    };
  });
}
