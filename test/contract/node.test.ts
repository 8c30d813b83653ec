import { serve } from "@portico/node";
import { app } from "./functions.mjs";
import { httpContract } from "./http.js";
import { captureOutput } from "./in-process.js";
import { overHttp } from "./wire.js";

httpContract("node:http, in process", { buffers: false }, async () => {
  const output = captureOutput();
  const { url, close } = await serve(app, { port: 0, host: "127.0.0.1", timeoutMs: 1000, signals: [] });
  return {
    send: (request) => overHttp(url, request),
    log: output.read,
    async close() {
      output.release();
      await close();
    },
  };
});
