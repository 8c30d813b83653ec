import type { AddressInfo } from "node:net";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import "../deploy/gcp-messages.mjs";
import { captureOutput } from "../in-process.js";
import { messageContract } from "../messages.js";
import { gcpSources, toGcpDeployment } from "./gcp-sources.js";

for (const source of gcpSources) {
  messageContract(`Google, ${source.name}, in process`, source.limits, async () => {
    const output = captureOutput();
    const server = getTestServer(source.target);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return {
      ...toGcpDeployment(source, `http://127.0.0.1:${port}/`, output.read),
      async close() {
        output.release();
        server.closeAllConnections();
        server.close();
      },
    };
  });
}
