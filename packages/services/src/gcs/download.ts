import * as http from "node:http";
import * as https from "node:https";
import type { Bucket } from "@google-cloud/storage";
import { type Chunks, toChunks } from "@portico/core/adapter";
import { isConnectionFailure } from "../failure.js";
import type { Facts, Reading } from "../provider.js";

const mostTries = 3;
/** Milliseconds before the second try; twice that before the third. */
const pauseMs = 100;

/**
 * The content of one generation, and of no other, once its answer has begun. The request is Node's own, with the SDK's credentials: a
 * stream of the SDK that is not read to its end keeps its connection, or when it fails breaks those of all other requests, and it takes
 * no signal. What is stored with gzip comes as it is stored: its size and its ranges are those.
 *
 * @see https://cloud.google.com/storage/docs/json_api/v1/objects/get
 */
export async function download(
  bucket: Bucket,
  key: string,
  { version }: Facts,
  { range, signal }: Reading,
  silenceMs: number,
): Promise<Chunks> {
  const { apiEndpoint, customEndpoint, authClient } = bucket.storage;
  const path = `b/${encodeURIComponent(bucket.name)}/o/${encodeURIComponent(key)}`;
  const url = `${apiEndpoint}/storage/v1/${path}?alt=media&generation=${version}`;
  for (let tries = 1; ; tries += 1) {
    // An emulator gets no credentials, as the SDK has it.
    const credentials = customEndpoint ? {} : await authClient.getRequestHeaders(url);
    const last = range?.end === undefined ? "" : range.end - 1;
    // Untold that gzip is welcome, Google unpacks what is stored with it.
    const headers = {
      ...credentials,
      "accept-encoding": "gzip",
      ...(range && { range: `bytes=${range.start}-${last}` }),
    };
    try {
      return toChunks(await send(url, headers, signal, silenceMs));
    } catch (error) {
      const again = isConnectionFailure(error) || isBusy((error as { code?: unknown }).code);
      if (signal.aborted || !again || tries === mostTries) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs * tries));
  }
}

function isBusy(status: unknown): boolean {
  return status === 408 || status === 429 || (typeof status === "number" && status >= 500);
}

function send(
  url: string,
  headers: http.OutgoingHttpHeaders,
  signal: AbortSignal,
  silenceMs: number,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { request } = url.startsWith("https:") ? https : http;
    const sent = request(url, { headers, signal }, (response) => {
      clearTimeout(timer);
      const { statusCode = 0 } = response;
      if (statusCode < 300) return resolve(response);
      response.destroy();
      reject(Object.assign(new Error(`Cloud Storage answered ${statusCode}.`), { code: statusCode }));
    });
    const timer = setTimeout(() => {
      sent.destroy(Object.assign(new Error("Cloud Storage did not answer."), { code: "ETIMEDOUT" }));
    }, silenceMs);
    sent.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end();
  });
}
