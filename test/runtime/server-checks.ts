import { Agent, request as send } from "node:http";
import { connect } from "node:net";
import type { gcp, node } from "@portico/testing/hosts";

export type ServerHost = Awaited<ReturnType<typeof gcp | typeof node>>;

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function until(condition: () => boolean, timeoutMs = 5_000): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error("It did not happen in time.");
    await pause(10);
  }
}

function get(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = send(url, { agent }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end();
  });
}

/**
 * Sends SIGTERM in the middle of load: clients that keep their connections and ask again and again. Until a client is told that its
 * connection closes, each of its requests must be answered; a new connection may be refused from then on.
 */
export async function stopUnderLoad(
  host: ServerHost,
): Promise<{ answers: number[]; lost: string[]; code: number | null }> {
  const answers: number[] = [];
  const lost: string[] = [];
  let stopped = false;
  const client = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (;;) {
      try {
        answers.push(await get(`${host.url}/slow/40`, agent));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (!(stopped && code === "ECONNREFUSED")) lost.push(String(code ?? error));
        break;
      }
    }
    agent.destroy();
  };
  const clients = Array.from({ length: 8 }, client);
  const long = get(`${host.url}/slow/1500`, new Agent()).then(
    (status) => answers.push(status),
    (error) => lost.push(`long: ${error}`),
  );
  await pause(400);
  stopped = true;
  process.kill(host.pid, "SIGTERM");
  await Promise.all([...clients, long]);
  return { answers, lost, code: (await host.ended).code };
}

/** The chunks of a streamed reply, with the milliseconds at which they came. */
export async function readChunks(url: string, count: number): Promise<readonly { ms: number; text: string }[]> {
  const chunks: { ms: number; text: string }[] = [];
  await new Promise<void>((resolve, reject) => {
    const request = send(url, { agent: false }, (response) => {
      response.on("data", (chunk: Buffer) => {
        chunks.push({ ms: performance.now(), text: String(chunk) });
        if (chunks.length < count) return;
        request.destroy();
        resolve();
      });
    });
    request.on("error", reject);
    request.end();
  });
  return chunks;
}

/** A body sent in pieces with a pause between them. */
export function uploadSlowly(
  url: string,
  pieces: readonly Uint8Array[],
  headers: Record<string, string>,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = send(`${url}/upload`, { method: "POST", headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    request.on("error", reject);
    void (async () => {
      for (const piece of pieces) {
        request.write(piece);
        await pause(30);
      }
      request.end();
    })();
  });
}

/** Everything that comes back for these bytes, until the connection closes. */
export function exchange(url: string, request: string, timeoutMs = 5_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let text = "";
    const timer = setTimeout(() => reject(new Error(`still open; got ${JSON.stringify(text)}`)), timeoutMs);
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      text += String(chunk);
    });
    socket.on("error", reject);
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(text);
    });
    socket.write(request);
  });
}
