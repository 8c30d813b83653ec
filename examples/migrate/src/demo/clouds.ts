import { aws, azure, gcp, type Host, node } from "@portico/testing/hosts";
import { toContainerRequest, toGoogleRequest, toInvocation, toLambdaEvent } from "./native-events.js";
import type { Step } from "./steps.js";

export type Origin = "lambda" | "azure" | "google";
export const origins: readonly Origin[] = ["lambda", "azure", "google"];

/** What a platform made of an event. */
export interface Outcome {
  readonly meaning: Step["meaning"];
  readonly answer?: unknown;
  /** All that the function's host wrote so far; it may come late. */
  log(): string;
}

/** Every function in one cloud's own runtime. */
export interface Deployment {
  /** Where requests go. */
  readonly url: string;
  fire(from: Origin, step: Step): Promise<Outcome>;
}

/** A column of the table. */
export interface Cloud {
  readonly name: string;
  /** `use` is told of every host, which it closes. */
  start(use: <H extends Host>(host: H) => H): Promise<Deployment>;
}

const module = (name: string) => new URL(`./${name}.js`, import.meta.url);
const logOf = (host: Host) => () => host.logs.join("\n");

export const clouds: readonly Cloud[] = [
  {
    name: "AWS",
    async start(use) {
      const on = async (name: string) => use(await aws({ module: module("aws"), export: name }));
      const [web, lambda, own, google] = await Promise.all(["web", "lambda", "azure", "google"].map(on));
      const hosts = { lambda, azure: own, google } as Readonly<Record<Origin, Awaited<ReturnType<typeof on>>>>;
      return {
        url: (web as Host).url,
        async fire(from, step) {
          const invoked = await hosts[from].invoke(await toLambdaEvent(step));
          const log = logOf(hosts[from]);
          if (invoked.status === "failure") return { meaning: "again", log };
          if (step.kind === "invoke") return { meaning: "answer", answer: invoked.result, log };
          const { batchItemFailures = [] } = (invoked.result ?? {}) as { batchItemFailures?: readonly unknown[] };
          return { meaning: batchItemFailures.length > 0 ? "again" : "done", log };
        },
      };
    },
  },
  {
    name: "Azure",
    async start(use) {
      const host = use(await azure({ module: module("azure") }));
      const log = logOf(host);
      return {
        url: `${host.url}/api`,
        async fire(from, step) {
          const wire = (await toInvocation(step))?.wire;
          if (!wire) return post(`${host.url}/api/${from}-quote`, await toContainerRequest(step), log);
          const { status } = await host.trigger(`${from}-${step.kind}`, wire as Parameters<typeof host.trigger>[1]);
          return { meaning: status === "success" ? "done" : "again", log };
        },
      };
    },
  },
  {
    name: "Google",
    async start(use) {
      const on = async (name: string) => use(await gcp({ module: module("gcp"), export: name }));
      // A process serves one function, and is started for its first event.
      const hosts = new Map<string, Promise<Host>>();
      return {
        url: (await on("web")).url,
        async fire(from, step) {
          const name = `${from}-${step.kind}`;
          const starting = hosts.get(name) ?? on(name);
          hosts.set(name, starting);
          const host = await starting;
          return post(`${host.url}/`, await toGoogleRequest(step), logOf(host));
        },
      };
    },
  },
  {
    name: "container",
    async start(use) {
      const on = async (name: string) => use(await node({ module: module("node"), export: name }));
      const [web, lambda, own, google] = await Promise.all(["web", "lambda", "azure", "google"].map(on));
      const hosts = { lambda, azure: own, google } as Readonly<Record<Origin, Host>>;
      return {
        url: (web as Host).url,
        async fire(from, step) {
          const path = step.kind === "invoke" ? `/${from}-quote` : "/";
          return post(hosts[from].url + path, await toContainerRequest(step), logOf(hosts[from]));
        },
      };
    },
  },
];

/** The senders of events look at nothing but the status. */
async function post(
  url: string,
  { headers, body }: Awaited<ReturnType<typeof toGoogleRequest>>,
  log: () => string,
): Promise<Outcome> {
  const sent = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  const reply = await fetch(url, { method: "POST", headers: sent, body });
  const text = await reply.text();
  if (reply.status === 200) return { meaning: "answer", answer: JSON.parse(text), log };
  return { meaning: reply.ok ? "done" : "again", log };
}
