import { aws, azure, gcp, type Host, node } from "@portico/testing/hosts";

/** One column of the table. */
export interface Runtime {
  /** As long as a column is wide. */
  readonly name: string;
  readonly title: string;
  /** What the platform puts in front of every path. */
  readonly base: string;
  start(): Promise<Host>;
}

const built = (name: string) => new URL(`./${name}.js`, import.meta.url);

/** The container comes first: the others are compared with it. */
export const runtimes: readonly Runtime[] = [
  {
    name: "container",
    title: "container: @portico/node, plain node:http",
    base: "",
    start: () => node({ module: built("node") }),
  },
  {
    name: "aws http",
    title: "AWS Lambda behind an HTTP API (payload 2.0)",
    base: "",
    start: () => aws({ module: built("aws"), export: "app", format: "http-2.0" }),
  },
  {
    name: "aws url",
    title: "AWS Lambda behind a function URL, response streaming",
    base: "",
    start: () => aws({ module: built("aws"), export: "streamed", format: "url" }),
  },
  {
    name: "aws rest",
    title: "AWS Lambda behind a REST API",
    base: "",
    start: () => aws({ module: built("aws"), export: "app", format: "rest" }),
  },
  {
    name: "aws alb",
    title: "AWS Lambda behind a load balancer (multi-value headers)",
    base: "",
    start: () => aws({ module: built("aws"), export: "app", format: "alb-multi" }),
  },
  {
    name: "azure",
    title: "Azure Functions",
    base: "/api",
    start: () => azure({ module: built("azure") }),
  },
  {
    name: "azure str",
    title: "Azure Functions, stream mode",
    base: "/api",
    start: () => azure({ module: built("azure-stream") }),
  },
  {
    name: "google",
    title: "Google Cloud Functions",
    base: "",
    start: () => gcp({ module: built("gcp"), export: "app" }),
  },
];
