import { fileURLToPath } from "node:url";
import { aws, azure, gcp, type Host, node } from "@portico/testing/hosts";
import { type Deployment, httpContract, type Limits } from "../contract/http.js";
import { overHttp } from "../contract/wire.js";

const module = (name: string) => fileURLToPath(new URL(`../contract/deploy/${name}.mjs`, import.meta.url));
const nodePath = process.env.PORTICO_NODE;

/** A deployment behind a host; Azure's functions stand behind a prefix. */
async function deploy(host: Promise<Host>, prefix = ""): Promise<Deployment> {
  const { url, logs, close } = await host;
  return {
    send: (request) => overHttp(url, { ...request, target: prefix + request.target }),
    log: () => logs.join("\n"),
    close,
  };
}

/** Each has a process of its own. */
const contract = (name: string, limits: Limits, start: () => Promise<Deployment>) =>
  httpContract(name, limits, start, { concurrent: true });

const options = { ...(nodePath !== undefined && { nodePath }) };
const lambda: readonly (readonly [format: Parameters<typeof aws>[0]["format"], name: string, limits: Limits])[] = [
  ["http-2.0", "buffered", { buffers: true, decodesPath: true, joinsWith: "," }],
  ["rest", "streamed", { buffers: false }],
  ["url", "streamed", { buffers: false, joinsWith: "," }],
];
for (const [format, name, limits] of lambda) {
  contract(`aws-lambda-ric, ${format}, ${name}`, limits, () =>
    deploy(aws({ ...options, module: module("aws"), export: name, format })),
  );
}

contract("@azure/functions", { buffers: true, joinsWith: ",", writesEmptyPath: true }, () =>
  deploy(azure({ ...options, module: module("azure"), export: "app" }), "/api"),
);
contract("@azure/functions, stream mode", { buffers: false, joinsWith: "," }, () =>
  deploy(azure({ ...options, module: module("azure-stream"), export: "app" }), "/api"),
);

contract("functions-framework", { buffers: false, refusesJson: true }, () =>
  deploy(gcp({ ...options, module: module("gcp"), export: "app" })),
);
contract("node:http", { buffers: false }, () => deploy(node({ ...options, module: module("node") })));
