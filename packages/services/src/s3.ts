import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { checkSilence } from "./check.js";
import { toPrefix } from "./location.js";
import { once } from "./once.js";
import type { StoreBinding } from "./provider.js";
import { createProvider } from "./s3/provider.js";
import { loadSdk, sdks } from "./sdk.js";

/** Where the objects are; the credentials are those of the SDK's own chain. */
export interface S3Options {
  readonly bucket: string;
  /** In front of every key. Default: none. */
  readonly prefix?: string | undefined;
  /** Default: what the SDK finds, in `AWS_REGION` for instance. */
  readonly region?: string | undefined;
  /** Of a server that speaks S3's protocol. Default: AWS. */
  readonly endpoint?: string | undefined;
  /** Whether the bucket stands in the path and not in the host's name. Default: with an `endpoint`. */
  readonly pathStyle?: boolean | undefined;
  /** Milliseconds that the service may say nothing. Default: 30000. */
  readonly silenceMs?: number | undefined;
}

/**
 * A store in Amazon S3, or in what speaks its protocol. Needs `@aws-sdk/client-s3`; `signedUrl` also `@aws-sdk/s3-request-presigner`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export function s3(options: S3Options): StoreBinding {
  checkSilence(options);
  const { bucket, prefix = "", region, endpoint, pathStyle, silenceMs = 30_000 } = options;
  const config: S3ClientConfig = {
    maxAttempts: 3,
    // A connection that says nothing is given up and tried again; without this the SDK waits for ever.
    requestHandler: {
      connectionTimeout: 5000,
      requestTimeout: silenceMs,

      throwOnRequestTimeout: true,
    },
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint, forcePathStyle: pathStyle ?? true }),
    ...(endpoint === undefined && pathStyle !== undefined && { forcePathStyle: pathStyle }),
  };
  const open = once(async () => {
    const sdk = await loadSdk("@aws-sdk/client-s3", sdks["@aws-sdk/client-s3"]);
    return createProvider(sdk, config, bucket, silenceMs);
  });
  return { provider: "s3", bucket, prefix: toPrefix(prefix), needs: ["@aws-sdk/client-s3"], open };
}
