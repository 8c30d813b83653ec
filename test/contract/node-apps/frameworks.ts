import { Readable } from "node:stream";
import type { NodeStyleApp } from "@portico/node/wrap";
import compression from "compression";
import express from "express";
import express4 from "express-4";
import session from "express-session";
import Koa from "koa";
import multer from "multer";
import type { Behaviour } from "./behaviours.js";

const production = (app: express.Express): express.Express => app.set("env", "production");
const koa = (): Koa => Object.assign(new Koa(), { silent: true });
const asJson = [["content-type", "application/json"]] as const;
// What is not JSON, or no object, the functions framework turns away by itself.
const googleParsesFirst = ["Google Cloud Functions"];
const boundary = "----aBoundary";
const form = [
  `--${boundary}`,
  'Content-Disposition: form-data; name="title"',
  "",
  "a caf\u00e9",
  `--${boundary}`,
  'Content-Disposition: form-data; name="file"; filename="a.bin"',
  "Content-Type: application/octet-stream",
  "",
  "x".repeat(200_000),
  `--${boundary}--`,
  "",
].join("\r\n");

/** Of frameworks and of what is commonly mounted in them, by the sentence that says what is seen. */
export const frameworks: Readonly<Record<string, Behaviour>> = {
  "Express turns away before its body parser": {
    app: () =>
      production(express())
        .use((_request, response) => void response.status(401).json({ error: "who are you?" }))
        .use(express.json()),
    request: { method: "POST", headers: asJson, body: '{"a":1}', late: true },
    needsStreams: true,
  },
  "Express answers 404 to an upload that nobody reads": {
    app: () => production(express()),
    request: { method: "POST", body: "x".repeat(200_000) },
  },
  "Express answers 400 to broken JSON": {
    app: () => production(express()).use(express.json()),
    request: { method: "POST", headers: asJson, body: '{"a":' },
    except: googleParsesFirst,
  },
  "Express answers 413 to a body over its limit": {
    app: () => production(express()).use(express.json({ limit: 100 })),
    request: { method: "POST", headers: asJson, body: JSON.stringify("x".repeat(100_000)) },
    except: googleParsesFirst,
  },
  "Express reads a body of unknown length": {
    app: () => production(express()).post("/", express.json(), (request, response) => void response.json(request.body)),
    request: { method: "POST", headers: asJson, body: ['{"a":', "1}"] },
  },
  "Express redirects, sets cookies and cache fields": {
    app: () =>
      production(express()).get("/", (_request, response) => {
        response.cookie("a", "b c", { httpOnly: true, maxAge: 0, expires: new Date(0) });
        response.cookie("d", "e:f", { signed: false, sameSite: "lax" }).vary("Accept").links({ next: "/2" });
        response.redirect(303, "/caf\u00e9");
      }),
  },
  "Express answers a conditional request": {
    app: () => production(express()).get("/", (_request, response) => void response.set("etag", '"1"').send("ok")),
    request: { headers: [["if-none-match", '"1"']] },
  },
  "Express sends a range": {
    app: () => production(express()).get("/", (_request, response) => void response.sendFile("/etc/hostname")),
    request: { headers: [["range", "bytes=0-1"]] },
  },
  "compression flushes, and ends": {
    app: () =>
      production(express())
        .use(compression({ threshold: 0 }))
        .get("/", (_request, response) => {
          response.type("text/plain").write("one");
          response.flush();
          setImmediate(() => response.end("two"));
        }),
    request: { headers: [["accept-encoding", "gzip"]] },
  },
  "compression leaves HEAD without a body": {
    app: () =>
      production(express())
        .use(compression({ threshold: 0 }))
        .get("/", (_request, response) => void response.send("x".repeat(5000))),
    request: { method: "HEAD", headers: [["accept-encoding", "gzip"]] },
  },
  "express-session sets its signed cookie beside another": {
    app: () =>
      production(express())
        .use(session({ secret: "s", resave: false, saveUninitialized: true, genid: () => "an id/+=" }))
        .get("/", (_request, response) => void response.cookie("other", "1").send("ok")),
  },
  "multer takes an upload": {
    app: () =>
      production(express()).post("/", multer().single("file"), (request, response) => {
        response.json({ title: request.body.title, size: request.file?.size, name: request.file?.originalname });
      }),
    request: {
      method: "POST",
      headers: [["content-type", `multipart/form-data; boundary=${boundary}`]],
      body: form,
    },
  },
  "multer refuses a field that it does not know": {
    app: () =>
      production(express())
        .post("/", multer().single("other"))
        .use(((error, _request, response, _next) => {
          response.status(400).send((error as { code?: string }).code);
        }) satisfies express.ErrorRequestHandler),
    request: {
      method: "POST",
      headers: [["content-type", `multipart/form-data; boundary=${boundary}`]],
      body: form,
    },
  },
  "Koa streams": {
    app: () =>
      koa()
        .use((context) => {
          context.type = "text/plain";
          context.body = Readable.from(["one", "two"]);
        })
        .callback(),
  },
  "Koa answers to a body that nobody reads": {
    app: () =>
      koa()
        .use((context) => context.throw(401, "who are you?"))
        .callback(),
    request: { method: "POST", body: "x".repeat(200_000) },
  },
  "Koa answers 204 to nothing, and HEAD with a length": {
    app: () =>
      koa()
        .use((context) => {
          context.body = null;
        })
        .callback(),
    request: { method: "HEAD" },
  },
};

/** Apps that offer a file whose name is not ASCII. */
export const namedFiles: readonly NodeStyleApp[] = [
  production(express()).get("/", (_request, response) => void response.attachment("caf\u00e9.txt").send("ok")),
  (express4 as typeof express)().get(
    "/",
    (_request, response) => void response.attachment("caf\u00e9.txt").send(Buffer.from("ok")),
  ),
  koa()
    .use((context) => {
      context.attachment("caf\u00e9.txt");
      context.body = "ok";
    })
    .callback(),
  (_request, response) =>
    void response
      .writeHead(200, { "content-disposition": 'attachment; filename="caf\u00e9.txt"' })
      .end(Buffer.from("ok")),
];
