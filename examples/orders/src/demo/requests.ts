import type { WireReply, WireRequest } from "./client.js";

/** What earlier replies gave to later requests. */
export interface Memory {
  order: string;
}

export interface Step {
  readonly name: string;
  readonly status: number;
  /** The target has no base path: the runtime's own is put in front. */
  request(memory: Memory): WireRequest;
  /** Says what is wrong with a reply, beside its status; the same on every runtime. */
  check?(reply: WireReply, memory: Memory): string | undefined;
  /** The body arrives in so many pieces on a runtime that streams. */
  readonly pieces?: number;
}

const shop = "https://shop.example.com";
const orders = "/tenants/acme/orders";
const jsonType = ["content-type", "application/json"] as const;
const post = (target: string, body: string, type = jsonType as readonly [string, string]): WireRequest => ({
  method: "POST",
  target,
  headers: [type],
  body,
});
const get = (target: string, ...headers: (readonly [string, string])[]): WireRequest => ({
  method: "GET",
  target,
  headers,
});
const header = ({ headers }: WireReply, name: string) => headers.find(([field]) => field === name)?.[1];
const json = ({ body }: WireReply) => JSON.parse(body.toString()) as Record<string, unknown>;
const same = (what: string, found: unknown, wanted: unknown) =>
  JSON.stringify(found) === JSON.stringify(wanted) ? undefined : `${what} is ${JSON.stringify(found)?.slice(0, 80)}`;

// Every byte there is, in an order that no text encoding survives.
const image = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 31 + (index >> 8)) & 255));
const million = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 7) & 255));
const boundary = "----demo-boundary";
const formFile = Buffer.concat([
  Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="note"\r\n\r\nZoë wrote this\r\n` +
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="Größe.bin"\r\ncontent-type: application/x-demo\r\n\r\n`,
  ),
  image.subarray(0, 3000),
  Buffer.from(`\r\n--${boundary}--\r\n`),
]);

export const steps: readonly Step[] = [
  {
    name: "create an order (JSON)",
    status: 201,
    request: () => post(orders, JSON.stringify({ sku: "café-42", quantity: 2, tags: ["a", "b"], note: "日本 🎉" })),
    check: (reply, memory) => {
      memory.order = String(json(reply).id);
      return same("note", json(reply).note, "日本 🎉");
    },
  },
  {
    name: "get it by id",
    status: 200,
    request: ({ order }) => get(`${orders}/${order}`),
    check: (reply, { order }) => same("id", json(reply).id, order),
  },
  { name: "HEAD of it", status: 200, request: ({ order }) => ({ method: "HEAD", target: `${orders}/${order}` }) },
  {
    name: "list with a query, a name repeated",
    status: 200,
    request: () => get(`${orders}?state=open&limit=5&tag=a&tag=b`),
    check: (reply) => same("total", json(reply).total, 1),
  },
  {
    name: "urlencoded form, answered by 303",
    status: 303,
    request: () =>
      post("/forms/order", "tenant=acme+%26+co&sku=caf%C3%A9&quantity=3&tag=1&tag=2", [
        "content-type",
        "application/x-www-form-urlencoded",
      ]),
    check: (reply) => (header(reply, "location")?.includes("/acme%20%26%20co/") ? undefined : "location is wrong"),
  },
  {
    name: "redirect to the latest (302)",
    status: 302,
    request: () => get("/tenants/acme%20%26%20co/orders/latest"),
  },
  {
    name: "upload binary, 64 KB",
    status: 200,
    request: ({ order }) => ({
      method: "PUT",
      target: `${orders}/${order}/attachment`,
      headers: [["content-type", "image/x-demo"]],
      body: image,
    }),
    check: (reply) => same("size", json(reply).size, image.length),
  },
  {
    name: "download it, byte for byte",
    status: 200,
    request: ({ order }) => get(`${orders}/${order}/attachment`),
    check: (reply) =>
      same("content-type", header(reply, "content-type"), "image/x-demo") ??
      same("equal", reply.body.equals(image), true),
  },
  {
    name: "upload a file (multipart)",
    status: 200,
    request: ({ order }) => ({
      method: "POST",
      target: `${orders}/${order}/attachments`,
      headers: [["content-type", `multipart/form-data; boundary=${boundary}`]],
      body: formFile,
    }),
    check: (reply) =>
      same("form", json(reply), {
        name: "Größe.bin",
        contentType: "application/x-demo",
        size: 3000,
        note: "Zoë wrote this",
      }),
  },
  {
    name: "download the file",
    status: 200,
    request: ({ order }) => get(`${orders}/${order}/attachment`),
    check: (reply) => same("equal", reply.body.equals(image.subarray(0, 3000)), true),
  },
  {
    name: "upload 1 MB",
    status: 200,
    request: ({ order }) => ({ method: "PUT", target: `${orders}/${order}/attachment`, body: million }),
    check: (reply) => same("size", json(reply).size, million.length),
  },
  {
    name: "repeated headers, cookies",
    status: 200,
    request: () =>
      get(
        "/echo/headers/",
        ["x-demo-tag", "a"],
        ["x-demo-tag", 'b, "c, d"'],
        ["X-DEMO-Case", "Kept"],
        ["cookie", "session=a%20b; theme=dark"],
      ),
    check: (reply) =>
      same("headers", json(reply).headers, [
        ["x-demo-case", ["Kept"]],
        ["x-demo-tag", ["a", "b", '"c, d"']],
      ]) ?? same("cookies", json(reply).cookies, { session: "a b", theme: "dark" }),
  },
  {
    name: "percent-encoded path and query",
    status: 200,
    request: () => get("/echo/caf%C3%A9/c%20d/%E2%9C%93?q=%20x%26y&q=2&empty=&plus=a+b&%F0%9F%8E%89=1"),
    check: (reply) =>
      same("params", json(reply).params, { first: "café", rest: "c d/✓" }) ??
      same("query", json(reply).query, [
        ["q", " x&y"],
        ["q", "2"],
        ["empty", ""],
        ["plus", "a b"],
        ["🎉", "1"],
      ]),
  },
  { name: "encoded slash in a parameter", status: 200, request: () => get("/echo/a%2Fb/c") },
  {
    name: "text in another method (PATCH)",
    status: 200,
    request: () => ({
      method: "PATCH",
      target: "/echo/patch/",
      headers: [["content-type", "text/plain; charset=utf-8"]],
      body: "Grüße aus Zürich ✓ \u{1f389}",
    }),
    check: (reply) => same("body", json(reply).body, "Grüße aus Zürich ✓ \u{1f389}"),
  },
  { name: "several cookies set", status: 200, request: () => get("/cookies") },
  { name: "HTML page", status: 200, request: () => get("/") },
  { name: "web-standard Response", status: 203, request: () => get("/response") },
  { name: "not found (404)", status: 404, request: () => get("/nowhere") },
  { name: "robots.txt", status: 404, request: () => get("/robots.txt") },
  { name: "method not allowed (405)", status: 405, request: () => ({ method: "DELETE", target: orders }) },
  { name: "plain OPTIONS", status: 204, request: () => ({ method: "OPTIONS", target: orders }) },
  {
    name: "CORS preflight",
    status: 204,
    request: () => ({
      method: "OPTIONS",
      target: orders,
      headers: [
        ["origin", shop],
        ["access-control-request-method", "POST"],
        ["access-control-request-headers", "content-type"],
      ],
    }),
    check: (reply) => same("allow-origin", header(reply, "access-control-allow-origin"), shop),
  },
  {
    name: "an error to another origin (404)",
    status: 404,
    request: () => get(`${orders}/none`, ["origin", shop]),
    check: (reply) => same("allow-origin", header(reply, "access-control-allow-origin"), shop),
  },
  { name: "invalid JSON (400)", status: 400, request: () => post(orders, '{"sku": ') },
  {
    name: "JSON that is a plain string",
    status: 200,
    request: () => post("/echo/json/", '"text"'),
    check: (reply) => same("body", json(reply).body, '"text"'),
  },
  {
    name: "failed validation (400)",
    status: 400,
    request: () => post(orders, JSON.stringify({ sku: "", quantity: 1.5 })),
    check: (reply) => same("issues", (json(reply).details as unknown[]).length, 2),
  },
  {
    name: "thrown error (500)",
    status: 500,
    request: () => get("/fails"),
    check: ({ body }) => (body.includes("hunter2") ? "the error's text leaked" : undefined),
  },
  { name: "time-out (504)", status: 504, request: () => get("/slow") },
  {
    name: "streamed reply",
    status: 200,
    request: () => get("/chunks"),
    check: ({ body }) => same("body", body.toString(), "line 1\nline 2\nline 3\nline 4\nline 5\n"),
    pieces: 5,
  },
  {
    name: "event stream",
    status: 200,
    request: ({ order }) => get(`${orders}/${order}/events`),
    check: ({ body }) => same("events", body.toString().match(/^event: state$/gm)?.length, 4),
    pieces: 4,
  },
];
