import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type ServerHost, startServer } from "./server-process.js";

/** A storage server on this machine, with one empty bucket. */
export interface StorageServer extends ServerHost {
  /** The URL to bind a bucket to: `PORTICO_UPLOADS`. */
  readonly binding: string;
  /** What the provider's SDK needs beside it. None of it is a secret. */
  readonly env: Readonly<Record<string, string>>;
}

export interface StorageServerOptions {
  /** The bucket or container it has. Default: `uploads`. */
  readonly bucket?: string | undefined;
}

const account = "devstoreaccount1";
// Azurite's well-known key, the same everywhere.
const key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/**
 * Starts Azurite, Microsoft's own emulator of Azure Storage, with blobs alone and all in memory. Install `azurite`.
 *
 * @example
 * await using server = await azurite();
 * Object.assign(process.env, server.env, { PORTICO_UPLOADS: server.binding });
 */
export async function azurite({ bucket = "uploads" }: StorageServerOptions = {}): Promise<StorageServer> {
  const script = find("azurite/dist/src/blob/main.js");
  const host = await startServer({
    what: "Azurite",
    toArgs: (port) => [
      script,
      "--inMemoryPersistence",
      "--silent",
      "--disableTelemetry",
      // The SDK speaks a version of the protocol that is newer than this Azurite.
      "--skipApiVersionCheck",
      `--blobPort=${port}`,
    ],
  });
  const endpoint = `${host.url}/${account}`;
  await created(host, sendSigned(endpoint, bucket));
  const connection = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=${endpoint};`;
  return {
    ...host,
    binding: `azblob://${account}/${bucket}?connection=AZURITE_CONNECTION`,
    env: { AZURITE_CONNECTION: connection },
  };
}

/** Creates a container, signed as the service wants it. */
function sendSigned(endpoint: string, container: string): Promise<Response> {
  const [date, version] = [new Date().toUTCString(), "2024-11-04"];
  const headers = `x-ms-date:${date}\nx-ms-version:${version}`;
  const resource = `/${account}/${account}/${container}\nrestype:container`;
  const text = `PUT\n\n\n\n\n\n\n\n\n\n\n\n${headers}\n${resource}`;
  const signature = createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
  return fetch(`${endpoint}/${container}?restype=container`, {
    method: "PUT",
    headers: { "x-ms-date": date, "x-ms-version": version, authorization: `SharedKey ${account}:${signature}` },
  });
}

/**
 * Starts fauxqs, a server that speaks S3's protocol, in memory. It does not look at signatures, and ignores the conditions of writes:
 * `ifAbsent` and `ifVersion` have no effect on it. Install `fauxqs`.
 */
export async function fauxqs({ bucket = "uploads" }: StorageServerOptions = {}): Promise<StorageServer> {
  const script = find("fauxqs/dist/cli.js");
  const host = await startServer({ what: "fauxqs", toArgs: (port) => ["--import", portOf(port), script] });
  await created(host, fetch(`${host.url}/${bucket}`, { method: "PUT" }));
  return {
    ...host,
    binding: `s3://${bucket}?region=us-east-1&endpoint=${host.url}`,
    env: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
  };
}

/** fauxqs takes its port from a variable of its own. */
function portOf(port: number): string {
  return `data:text/javascript,process.env.FAUXQS_PORT="${port}";process.env.FAUXQS_LOGGER="false"`;
}

async function created(host: ServerHost, sent: Promise<Response>): Promise<void> {
  const response = await sent;
  if (response.ok) return;
  await host.close();
  throw new Error(`The bucket was not created: ${response.status} ${await response.text()}`);
}

/** A file of an installed package: the project's own copy, where it has one. Not by its exports, which leave the command out. */
function find(file: string): string {
  for (const from of [`${process.cwd()}/`, import.meta.url]) {
    const folders = createRequire(from).resolve.paths(file) ?? [];
    const found = folders.map((folder) => join(folder, file)).find(existsSync);
    if (found !== undefined) return found;
  }
  throw new Error(`${file.split("/")[0]} is not installed.`);
}
