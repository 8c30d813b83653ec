import type { AddressInfo } from "node:net";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { http } from "@portico/gcp";
import { app } from "./functions.mjs";
import { httpContract } from "./http.js";
import { captureOutput } from "./in-process.js";
import { overHttp } from "./wire.js";

httpContract("Google, in process", { buffers: false, refusesJson: true }, async () => {
  http("contract", app, { timeoutMs: 1000 });
  const output = captureOutput();
  const server = getTestServer("contract");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    send: (request) => overHttp(`http://127.0.0.1:${port}`, request),
    log: output.read,
    async close() {
      output.release();
      server.closeAllConnections();
      server.close();
    },
  };
});
