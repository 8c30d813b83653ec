import { checkSilence } from "./check.js";
import { createProvider } from "./gcs/provider.js";
import { toPrefix } from "./location.js";
import { once } from "./once.js";
import type { StoreBinding } from "./provider.js";
import { loadSdk, sdks } from "./sdk.js";

/** Where the objects are; the credentials are those of the SDK's own chain. */
export interface GcsOptions {
  readonly bucket: string;
  /** In front of every key. Default: none. */
  readonly prefix?: string | undefined;
  /** Of an emulator, which gets no credentials. Default: Google's. */
  readonly endpoint?: string | undefined;
  /** Milliseconds that one request may take until its answer begins. Default: 30000. */
  readonly silenceMs?: number | undefined;
}

/**
 * A store in Google Cloud Storage. Needs `@google-cloud/storage`.
 *
 * @see https://cloud.google.com/storage/docs/json_api
 */
export function gcs(options: GcsOptions): StoreBinding {
  checkSilence(options);
  const { bucket, prefix = "", endpoint, silenceMs = 30_000 } = options;
  const open = once(async () => {
    const { IdempotencyStrategy, Storage } = await loadSdk("@google-cloud/storage", sdks["@google-cloud/storage"]);
    const storage = new Storage({
      timeout: silenceMs,
      ...(endpoint !== undefined && { apiEndpoint: endpoint }),
      // All is repeated: a write without a condition writes the same again, and one with a condition is held to it.
      retryOptions: {
        maxRetries: 3,
        maxRetryDelay: 1,
        totalTimeout: 60,
        idempotencyStrategy: IdempotencyStrategy.RetryAlways,
      },
    });
    return createProvider(storage.bucket(bucket), silenceMs);
  });
  return { provider: "gs", bucket, prefix: toPrefix(prefix), needs: ["@google-cloud/storage"], open };
}
