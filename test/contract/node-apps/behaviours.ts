import { once } from "node:events";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { NodeStyleApp } from "@portico/node/wrap";
import type { AppRequest } from "./hosts.js";

/** Something that apps for `node:http` rely on. What the app notes, and its reply, is to be what it is at home. */
export interface Behaviour {
  readonly app: (note: (what: unknown) => void) => NodeStyleApp;
  readonly request?: AppRequest;
  /** Platforms that hand a request over when all of it has arrived cannot show this. */
  readonly needsStreams?: boolean;
  /** Platforms that answer by themselves. */
  readonly except?: readonly string[];
}

const post = (body: AppRequest["body"], headers: AppRequest["headers"] = []): AppRequest => ({
  method: "POST",
  headers,
  ...(body !== undefined && { body }),
});
const long = "a".repeat(300_000);

/** Of `node:http` itself, by the sentence that says what is seen. */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  "a refusal does not wait for the body": {
    app: () => (_request, response) => void response.writeHead(401).end("who are you?"),
    request: { ...post("x".repeat(10)), late: true },
    needsStreams: true,
  },
  "a refusal does not wait for a long body": {
    app: () => (_request, response) => void response.writeHead(413).end("too much"),
    request: { ...post(long), late: true },
    needsStreams: true,
  },
  "a refusal does not wait for a body of unknown length": {
    app: () => (_request, response) => void response.writeHead(401).end("who are you?"),
    request: { ...post(["a", "b"]), late: true },
    needsStreams: true,
  },
  "a refusal leaves an unread long body unread": {
    app: () => (_request, response) => void response.writeHead(401).end("who are you?"),
    request: post(long),
  },
  "a body is read after the answer": {
    app: (note) => (request, response) => {
      let length = 0;
      request.on("data", (chunk: Buffer) => {
        length += chunk.length;
      });
      request.on("end", () => note(`end ${length} ${request.complete}`));
      request.once("data", () => response.end("taken"));
    },
    request: post(long),
  },
  "a body is read with pauses": {
    app: (note) => async (request, response) => {
      let length = 0;
      let largest = 0;
      for await (const chunk of request) {
        length += chunk.length;
        largest = Math.max(largest, chunk.length);
        await new Promise((resolve) => setImmediate(resolve));
      }
      note(largest <= 65_536);
      response.end(String(length));
    },
    request: post(long),
  },
  "request.pause and resume": {
    app: (note) => (request, response) => {
      request.on("data", () => {
        note(request.isPaused());
        request.pause();
        setImmediate(() => request.resume());
      });
      request.on("end", () => response.end("done"));
    },
    request: post("abc"),
  },
  "a body is piped back": { app: () => (request, response) => void request.pipe(response), request: post(long) },
  "a chunked body": {
    app: (note) => async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      note(request.complete);
      response.end(text);
    },
    request: post(["one", "two"]),
  },
  "an empty POST says that it has no body": {
    app: () => async (request, response) => {
      for await (const chunk of request) response.write(chunk);
      response.end(`length ${request.headers["content-length"]}`);
    },
    request: post(""),
  },
  "Expect: 100-continue": {
    app: (note) => async (request, response) => {
      note(request.headers.expect);
      let text = "";
      for await (const chunk of request) text += chunk;
      response.end(text);
    },
    request: post("hello", [["expect", "100-continue"]]),
  },
  "writeContinue, writeProcessing and writeEarlyHints come before the answer": {
    app: (note) => (_request, response) => {
      response.writeContinue();
      response.writeProcessing();
      response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" }, () => note("hinted"));
      response.end("done");
    },
  },
  "writeHead with a status message and an object": {
    app: (note) => (_request, response) => {
      response.setHeader("x-first", "1");
      response.writeHead(202, "Fine", { "X-Second": 2, "set-cookie": ["a=1", "b=2"] });
      note(response.statusMessage);
      note(response.getHeader("x-second"));
      response.end("ok");
    },
  },
  "writeHead with a raw list": {
    app: () => (_request, response) =>
      void response.writeHead(200, ["X-A", "1", "Set-Cookie", "a=1, b", "Set-Cookie", "c=2"]).end("ok"),
  },
  "writeHead with a list of pairs": {
    app: () => (_request, response) =>
      void response
        .writeHead(200, [
          ["X-A", "1"],
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "c=2"],
        ] as never)
        .end("ok"),
  },
  "setHeader with a list": {
    app: (note) => (_request, response) => {
      response.setHeader("Set-Cookie", ["a=1; Path=/", "b=2; Path=/; HttpOnly"]);
      response.setHeader("Vary", ["Accept", "Origin"]);
      response.appendHeader("X-More", "1");
      response.appendHeader("x-more", "2");
      note(response.getHeaderNames());
      note(response.hasHeader("vary"));
      response.end("ok");
    },
  },
  "default fields that are removed stay away": {
    app: () => (_request, response) => {
      response.setHeader("x-powered-by", "x");
      response.removeHeader("x-powered-by");
      response.removeHeader("date");
      response.removeHeader("content-length");
      response.end("ok");
    },
  },
  "a status message of one's own": {
    app: (note) => (_request, response) => {
      response.statusCode = 404;
      response.statusMessage = "Nope";
      response.end("gone");
      note(response.statusMessage);
    },
  },
  "flushHeaders, then a body of known length": {
    app: (note) => (_request, response) => {
      response.setHeader("content-length", 4);
      response.flushHeaders();
      note(response.headersSent);
      setImmediate(() => response.write("ab", () => response.end("cd")));
    },
  },
  "write calls back, and drain comes": {
    app: (note) => async (_request, response) => {
      const isFull = !response.write(Buffer.alloc(100_000, 97), () => note("written"));
      note(isFull);
      if (isFull) await once(response, "drain");
      note("drained");
      response.end("end", () => note("ended"));
    },
  },
  "many drains leave no listeners": {
    app: (note) => async (request, response) => {
      let length = 0;
      for await (const chunk of request) length += chunk.length;
      note(length);
      note(request.socket.listenerCount("close") < 10);
      response.end("ok");
    },
    request: post("a".repeat(3_000_000)),
  },
  "trailers do no harm": {
    app: () => (_request, response) => {
      response.writeHead(200, { trailer: "x-sum" });
      response.write("body");
      response.addTrailers({ "x-sum": "1" });
      response.end();
    },
  },
  "finish and close come in order, and the request closes": {
    app: (note) => (request, response) => {
      response.on("finish", () => note("finish"));
      response.on("close", () => note(`close ${response.writableFinished}`));
      request.on("aborted", () => note("aborted"));
      request.resume().on("end", () => response.end("ok"));
    },
    request: post("abc"),
  },
  "the response has no socket after its end": {
    app: (note) => (_request, response) => {
      note(response.socket !== null);
      response.on("finish", () => setImmediate(() => note(response.socket)));
      response.end("ok");
    },
  },
  "the app sees what became of its response": {
    app: (note) => (_request, response) => {
      response.on("close", () =>
        note([response.writableEnded, response.writableFinished, response.headersSent, response.destroyed]),
      );
      response.end("ok");
    },
  },
  "HEAD, with a body written": {
    app: (note) => (_request, response) => {
      response.setHeader("content-length", 5);
      response.on("finish", () => note("finish"));
      response.write("he");
      response.end("llo");
    },
    request: { method: "HEAD" },
  },
  "204, with a body written": {
    app: () => (_request, response) => {
      response.statusCode = 204;
      response.setHeader("x-a", "1");
      response.end("nothing");
    },
  },
  "304, with a body written": {
    app: () => (_request, response) => {
      response.writeHead(304, { etag: '"1"' });
      response.write("nothing");
      response.end();
    },
  },
  "fields of the request by their names": {
    app: (note) => (request, response) => {
      note(request.headers["x-custom-name"]);
      note(request.headers.cookie);
      response.end();
    },
    request: {
      headers: [
        ["X-Custom-Name", "1"],
        ["x-custom-name", "2"],
        ["cookie", "a=1"],
        ["cookie", "b=2"],
      ],
    },
  },
  "a compressed stream that is flushed": {
    app: () => (_request, response) => {
      response.setHeader("content-encoding", "gzip");
      const zip = createGzip();
      zip.pipe(response);
      zip.write("one");
      zip.flush(() => zip.end("two"));
    },
  },
  "a readable is piped": {
    app: () => (_request, response) => void Readable.from(["one", "two", long]).pipe(response),
  },
  "what is written after the end is an error of the app": {
    app: (note) => (_request, response) => {
      response.on("error", (error: NodeJS.ErrnoException) => note(error.code));
      response.end("ok");
      response.write("more");
    },
  },
  "headers after they are sent are an error": {
    app: (note) => (_request, response) => {
      response.write("a");
      try {
        response.setHeader("x", "1");
      } catch (error) {
        note((error as NodeJS.ErrnoException).code);
      }
      response.end("b");
    },
  },
  "an invalid character in a field is an error": {
    app: (note) => (_request, response) => {
      try {
        response.setHeader("x", "a\nb");
      } catch (error) {
        note((error as NodeJS.ErrnoException).code);
      }
      response.end("b");
    },
  },
};
