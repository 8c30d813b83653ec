import { randomUUID } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aws, azure, gcp, type Host, node } from "@portico/testing/hosts";
import { azurite, fauxqs } from "@portico/testing/hosts/storage";
import { send } from "../client.js";
import { awsEvents } from "../kinds/aws-events.js";
import { azureEvents } from "../kinds/azure-events.js";
import { gcpEvents } from "../kinds/gcp-events.js";
import { nodeEvents } from "../kinds/node-events.js";
import type { Step } from "../kinds/steps.js";

/** The same functions in one cloud's runtime, on one store. */
export interface Place {
  readonly hosts: readonly Pick<Host, "close">[];
  /** Where the app answers. */
  readonly url: string;
  /** Tells the function, in the cloud's own words, that an object was created. Whether it says that it is done. */
  tell(object: { readonly key: string; readonly size: number }): Promise<boolean>;
  logs(): readonly string[];
}

/** One column of the table. */
export interface Column {
  readonly name: string;
  readonly title: string;
  start(): Promise<Place>;
}

const built = (name: string) => new URL(`./${name}-uploads.js`, import.meta.url);
const created = (data: object) =>
  ({ kind: "object", data: { bucket: "uploads", ...data }, attempt: 1 }) as unknown as Step;

export const columns: readonly Column[] = [
  {
    name: "files",
    title: "container, nothing set: a folder of the project, the local default",
    async start() {
      const cwd = await mkdtemp(join(tmpdir(), "portico-orders-"));
      const token = randomUUID();
      const env = { PORTICO_UPLOADS: "", EVENTS_TOKEN: token };
      const host = await node({ module: built("node"), cwd, env });
      return {
        hosts: [host],
        url: host.url,
        logs: () => host.logs,
        async tell(object) {
          const { path, headers, body } = nodeEvents.object(created(object));
          return post(host.url, path, { ...headers, authorization: `Bearer ${token}` }, body);
        },
      };
    },
  },
  {
    name: "Azurite",
    title: "Azure Functions, with blobs on Azurite, Microsoft's own emulator",
    async start() {
      const store = await azurite();
      const host = await azure({ module: built("azure"), env: { ...store.env, PORTICO_UPLOADS: store.binding } });
      return {
        hosts: [host, store],
        url: `${host.url}/api`,
        logs: () => host.logs,
        async tell(object) {
          const { status } = await host.trigger("attachmentStored", azureEvents.object(created(object)));
          return status === "success";
        },
      };
    },
  },
  {
    name: "S3 server",
    title: "AWS Lambda, with objects on fauxqs, a server that speaks S3's protocol",
    async start() {
      const store = await fauxqs();
      const env = { ...store.env, PORTICO_UPLOADS: store.binding };
      const host = await aws({ module: built("aws"), export: "app", format: "http-2.0", env });
      const stored = await aws({ module: built("aws"), export: "stored", env });
      return {
        hosts: [host, stored, store],
        url: host.url,
        logs: () => stored.logs,
        async tell(object) {
          const { status } = await stored.invoke(awsEvents.object(created(object)));
          return status === "success";
        },
      };
    },
  },
  {
    name: "Google",
    title: "Google Cloud Functions, with objects in files: no server on npm plays Cloud Storage well enough",
    async start() {
      const folder = await mkdtemp(join(tmpdir(), "portico-orders-"));
      const env = { PORTICO_UPLOADS: `file://${folder}` };
      const host = await gcp({ module: built("gcp"), export: "app", env });
      const stored = await gcp({ module: built("gcp"), export: "attachmentStored", env });
      return {
        hosts: [host, stored],
        url: host.url,
        logs: () => stored.logs,
        async tell(object) {
          const { headers, body } = gcpEvents.object(created(object));
          return post(stored.url, "/", headers, body);
        },
      };
    },
  },
];

async function post(url: string, target: string, headers: object, body: string | Uint8Array): Promise<boolean> {
  const { status } = await send(url, { method: "POST", target, headers: Object.entries(headers), body });
  return status >= 200 && status < 300;
}
