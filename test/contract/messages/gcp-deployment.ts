import type { AddressInfo } from "node:net";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import type { Host } from "@portico/testing/hosts";
import { captureOutput } from "../in-process.js";
import type { MessageDeployment } from "../messages.js";
import { foreignTo, type GcpRequest, type GcpSource } from "./gcp-sources.js";

/** The function that is registered for a source, with `prefix` before its name, in this process. */
export async function inProcess(source: GcpSource, prefix = ""): Promise<MessageDeployment> {
  const output = captureOutput();
  const server = getTestServer(prefix + source.target);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...toDeployment(source, `http://127.0.0.1:${port}/`, output.read),
    async close() {
      output.release();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The function for a source, in a host of its own. */
export function hosted(source: GcpSource, host: Host): MessageDeployment {
  const log = () => host.logs.map((line) => `${line}\n`).join("");
  return { ...toDeployment(source, `${host.url}/`, log), logsLate: true, close: () => host.close() };
}

/** A deployment of the function for one source, wherever it listens. */
function toDeployment(
  source: GcpSource,
  url: string,
  log: () => string,
): Pick<MessageDeployment, "deliver" | "foreign" | "log"> {
  const send = async ({ method = "POST", headers, body }: GcpRequest) => {
    const response = await fetch(url, { method, headers, ...(method !== "GET" && body !== undefined && { body }) });
    return { status: response.status, text: await response.text() };
  };
  return {
    async deliver(items) {
      const { status } = await send(source.request(items));
      // Nothing else has a meaning to all of them; 503 slows a queue of Cloud Tasks.
      if (![204, 500, 503].includes(status)) throw new Error(`the answer ${status}`);
      if (status === 503 && source.target !== "tasks") throw new Error("a 503, which only Cloud Tasks reads");
      return { acknowledged: items.map(() => status === 204) };
    },
    foreign: foreignTo(source).map((request) => async () => {
      const { status, text } = await send(request);
      return { acknowledged: [status >= 100 && status < 300], error: text };
    }),
    log,
  };
}
