/** What a Google function is told about itself. What is left out is not set. */
export interface EnvironmentOptions {
  /** The name of the function: `K_SERVICE`, and `FUNCTION_NAME` in the first generation. */
  readonly name?: string | undefined;
  /** `K_REVISION`; a whole number as text in the first generation, `X_GOOGLE_FUNCTION_VERSION`. */
  readonly revision?: string | undefined;
  /** The exported or registered name: `FUNCTION_TARGET`, and `ENTRY_POINT` in the first generation. */
  readonly target?: string | undefined;
  /** `FUNCTION_SIGNATURE_TYPE`. */
  readonly signature?: "cloudevent" | "event" | "http" | undefined;
  /** `GOOGLE_CLOUD_PROJECT`, which many libraries of Google's read, and `GCP_PROJECT`, `GCLOUD_PROJECT` in the first generation. */
  readonly projectId?: string | undefined;
  /** `FUNCTION_REGION`, in the first generation alone. */
  readonly region?: string | undefined;
  /** `CLOUD_RUN_TIMEOUT_SECONDS`, and `FUNCTION_TIMEOUT_SEC` in the first generation. */
  readonly timeoutSeconds?: number | undefined;
  /** `FUNCTION_MEMORY_MB`, in the first generation alone. */
  readonly memoryMb?: number | undefined;
  /** Default: 2. */
  readonly generation?: 1 | 2 | undefined;
}

/**
 * Sets the environment variables that a wrapped function reads of its old platform, where they are missing, and returns what it set. Call it
 * before the function's module is imported, from a module that is imported first, or with a dynamic import after it.
 *
 * Not provided, since it means nothing elsewhere: `PORT`, `K_CONFIGURATION`, the metadata server (service account, tokens, zone),
 * `GOOGLE_APPLICATION_CREDENTIALS`: clients of Google's services need credentials of their own, and go on talking to Google.
 *
 * @see https://cloud.google.com/run/docs/container-contract#env-vars
 * @example
 * environment({ name: "thumbnails", projectId: "acme" });
 * const { handler } = await import("./thumbnails.js");
 */
export function environment(options: EnvironmentOptions): Readonly<Record<string, string>> {
  const set: Record<string, string> = {};
  for (const [name, value] of Object.entries(toVariables(options))) {
    if (value === undefined || process.env[name] !== undefined) continue;
    process.env[name] = set[name] = String(value);
  }
  return set;
}

function toVariables(options: EnvironmentOptions): Readonly<Record<string, string | number | undefined>> {
  const { name, revision, target, signature, projectId, region, timeoutSeconds, memoryMb, generation = 2 } = options;
  const both = {
    K_SERVICE: name,
    K_REVISION: revision,
    FUNCTION_TARGET: target,
    FUNCTION_SIGNATURE_TYPE: signature,
    GOOGLE_CLOUD_PROJECT: projectId,
  };
  if (generation === 2) return { ...both, CLOUD_RUN_TIMEOUT_SECONDS: timeoutSeconds };
  return {
    ...both,
    FUNCTION_NAME: name,
    ENTRY_POINT: target,
    X_GOOGLE_FUNCTION_VERSION: revision,
    GCP_PROJECT: projectId,
    GCLOUD_PROJECT: projectId,
    FUNCTION_REGION: region,
    FUNCTION_TIMEOUT_SEC: timeoutSeconds,
    FUNCTION_MEMORY_MB: memoryMb,
  };
}
