import { type Context, HandlerError } from "@portico/core";
import { toBinding } from "./binding.js";
import type { StoreBinding } from "./provider.js";
import { checkInstalled } from "./sdk.js";

/** The variable that binds a resource: `PORTICO_UPLOADS` for `uploads`, `PORTICO_RAW_IMAGES` for `raw-images`. */
export function variableOf(name: string): string {
  return `PORTICO_${name.replaceAll("-", "_").toUpperCase()}`;
}

/**
 * Looks, when a function is declared, whether what its bucket's store needs is installed. A variable that is set later, or that is not
 * understood, is an invocation's affair.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not; names the package.
 */
export function checkEnvironment(name: string): void {
  const url = process.env[variableOf(name)];
  if (!url) return;
  let needs: readonly string[] | undefined;
  try {
    ({ needs } = toBinding(url, `The variable ${variableOf(name)}`));
  } catch {
    return;
  }
  checkInstalled(needs);
}

// Where a container runs on somebody's platform, each says so in its own way.
const deployedSigns = [
  "KUBERNETES_SERVICE_HOST",
  "K_SERVICE",
  "ECS_CONTAINER_METADATA_URI_V4",
  "CONTAINER_APP_NAME",
  "WEBSITE_INSTANCE_ID",
  "FLY_APP_NAME",
];
const clouds = ["aws", "azure", "gcp"];

/**
 * The store that the environment binds a name to; without a word of it a folder of the project, where nothing says that the function is
 * deployed.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not bound and deployed, or bound to what is not understood; names the variable.
 */
export function fromEnvironment(name: string, { platform, log }: Pick<Context, "platform" | "log">): StoreBinding {
  const variable = variableOf(name);
  const url = process.env[variable];
  if (url !== undefined && url !== "") return toBinding(url, `The variable ${variable}`);
  const deployed = clouds.includes(platform) || deployedSigns.some((sign) => process.env[sign]);
  if (deployed) {
    throw new HandlerError("CONFIG_INVALID", `The bucket ${name} is not bound: the variable ${variable} is not set.`, {
      hint: `Set ${variable} to a URL such as s3://bucket, azblob://account/container or gs://bucket.`,
    });
  }
  return local(name, variable, log);
}

// Said once for each name, whatever the number of functions that use it.
const said = new Set<string>();

function local(name: string, variable: string, log: Context["log"]): StoreBinding {
  const directory = `${process.cwd().replaceAll("\\", "/")}/.portico/${name}`;
  if (!said.has(name)) {
    said.add(name);
    log.warn(`the bucket ${name} is kept in files: ${variable} is not set`, { directory });
  }
  // Not encodeURI, which leaves the # of a folder `c#` as it is.
  const path = directory.replace(/^\//, "").split("/").map(encodeURIComponent).join("/");
  return toBinding(`file:///${path}`, variable);
}
