import type { BlobServiceClient, Pipeline, StoragePipelineOptions } from "@azure/storage-blob";
import { HandlerError } from "@portico/core";
import { createProvider } from "./azure-blob/provider.js";
import { checkSilence } from "./check.js";
import { toPrefix } from "./location.js";
import { once } from "./once.js";
import type { StoreBinding } from "./provider.js";
import { loadSdk, sdks } from "./sdk.js";

/** Where the objects are; the credentials are those of the SDK's own chain, or of a connection string. */
export interface AzureBlobOptions {
  readonly account: string;
  readonly container: string;
  /** In front of every key. Default: none. */
  readonly prefix?: string | undefined;
  /** The name of the environment variable, or app setting, that has the connection string. Default: none, the identity is used. */
  readonly connection?: string | undefined;
  /** Of the blob service. Default: `https://<account>.blob.core.windows.net`. */
  readonly endpoint?: string | undefined;
  /** Milliseconds that the service may say nothing. Default: 30000. */
  readonly silenceMs?: number | undefined;
}

/**
 * A store in Azure Blob Storage. Needs `@azure/storage-blob`, and without a `connection` `@azure/identity`.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 */
export function azureBlob(options: AzureBlobOptions): StoreBinding {
  checkSilence(options);
  const { container, prefix = "", silenceMs = 30_000 } = options;
  const pipeline: StoragePipelineOptions = {
    // The SDK waits four seconds before it tries again; a function has no time for that.
    retryOptions: { maxTries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 2000 },
  };
  const needs = ["@azure/storage-blob", ...(options.connection === undefined ? ["@azure/identity"] : [])];
  const open = once(async () => {
    const sdk = await loadSdk("@azure/storage-blob", sdks["@azure/storage-blob"]);
    return createProvider(sdk, ...(await connect(sdk, options, pipeline, silenceMs)), container, silenceMs);
  });
  return { provider: "azblob", bucket: container, prefix: toPrefix(prefix), needs, open };
}

async function connect(
  sdk: typeof import("@azure/storage-blob"),
  { account, connection, endpoint = `https://${account}.blob.core.windows.net` }: AzureBlobOptions,
  pipeline: StoragePipelineOptions,
  silenceMs: number,
): Promise<[BlobServiceClient, Pipeline]> {
  const open = (url: string, credential: Parameters<typeof sdk.newPipeline>[0]): [BlobServiceClient, Pipeline] => {
    const made = inTime(sdk.newPipeline(credential, pipeline), silenceMs);
    return [new sdk.BlobServiceClient(url, made), made];
  };
  if (connection === undefined) {
    const { DefaultAzureCredential } = await loadSdk("@azure/identity", sdks["@azure/identity"]);
    return open(endpoint, new DefaultAzureCredential());
  }
  if (!/^[\w.:-]+$/.test(connection)) {
    // Not shown: it is most likely the connection string itself.
    throw new HandlerError("CONFIG_INVALID", "The connection of a store is not the name of a variable.", {
      hint: "Put the connection string into a variable, and give that variable's name.",
    });
  }
  const text = process.env[connection];
  if (text === undefined || text === "") {
    throw new HandlerError(
      "CONFIG_INVALID",
      `The variable ${connection} is not set, and was to have a connection string.`,
    );
  }
  try {
    const { url, credential } = sdk.BlobServiceClient.fromConnectionString(text);
    return open(url, credential);
  } catch {
    // Not as the cause: its text may be the key.
    throw new HandlerError(
      "CONFIG_INVALID",
      `The variable ${connection} has no connection string of a storage account.`,
    );
  }
}

/** Ends a request that gets no answer. The SDK's own `tryTimeoutInMs` only asks the service to hurry, and waits for ever. */
function inTime(pipeline: Pipeline, silenceMs: number): Pipeline {
  pipeline.factories.push({
    create: (next) => ({
      sendRequest(request) {
        request.timeout = silenceMs;
        return next.sendRequest(request);
      },
    }),
  });
  return pipeline;
}
