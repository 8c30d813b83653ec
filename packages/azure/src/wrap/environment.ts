/** What the app at home is, as far as its process variables tell. */
export interface EnvironmentOptions {
  /** The app's name: `WEBSITE_SITE_NAME`. */
  readonly name?: string | undefined;
  /** Its host: `WEBSITE_HOSTNAME`. Default: made of the name, `<name>.azurewebsites.net`. */
  readonly hostname?: string | undefined;
  /** As Azure spells it, such as `West Europe`: `REGION_NAME`. */
  readonly region?: string | undefined;
  /** `WEBSITE_RESOURCE_GROUP`. */
  readonly resourceGroup?: string | undefined;
  /** One of the app's instances: `WEBSITE_INSTANCE_ID`. */
  readonly instanceId?: string | undefined;
  /** `WEBSITE_SLOT_NAME`. */
  readonly slot?: string | undefined;
  /** `Development`, `Staging` or `Production`: `AZURE_FUNCTIONS_ENVIRONMENT`. Default: `Production`. */
  readonly environment?: string | undefined;
  /** `WEBSITE_TIME_ZONE`. */
  readonly timeZone?: string | undefined;
  /** Application settings by name, as the app's configuration has them. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

/**
 * Sets the process variables that a handler may read of Azure Functions, those that are missing, and returns what it set. Nothing calls it by
 * itself. Many modules read the environment as they are loaded, so call it before the handler's module is: in a module that is imported first,
 * or before a dynamic import.
 *
 * Provided: `FUNCTIONS_WORKER_RUNTIME` and `FUNCTIONS_EXTENSION_VERSION`, which are always the same, and what the options name.
 * Not provided, since it has no meaning elsewhere: `AzureWebJobsStorage` and other connections (give them as `settings` where the handler talks to
 * Azure from its new place), `IDENTITY_ENDPOINT`, `IDENTITY_HEADER` and `MSI_*` (a managed identity exists on Azure alone), `WEBSITE_OWNER_NAME`,
 * `WEBSITE_CONTENT*`, `WEBSITE_RUN_FROM_PACKAGE`, `FUNCTIONS_WORKER_PROCESS_COUNT`, `APPLICATIONINSIGHTS_*` and `AzureFunctionsJobHost__*`, which the
 * host reads for itself.
 *
 * @see https://learn.microsoft.com/azure/azure-functions/functions-app-settings
 * @example
 * environment({ name: "contoso-orders", region: "West Europe" });
 * const { handler } = await import("./functions/orders.js");
 */
export function environment(options: EnvironmentOptions): Readonly<Record<string, string>> {
  const { name, hostname = name && `${name}.azurewebsites.net`, settings = {} } = options;
  const known: Readonly<Record<string, string | undefined>> = {
    FUNCTIONS_WORKER_RUNTIME: "node",
    FUNCTIONS_EXTENSION_VERSION: "~4",
    AZURE_FUNCTIONS_ENVIRONMENT: options.environment ?? "Production",
    WEBSITE_SITE_NAME: name,
    WEBSITE_HOSTNAME: hostname,
    REGION_NAME: options.region,
    WEBSITE_RESOURCE_GROUP: options.resourceGroup,
    WEBSITE_INSTANCE_ID: options.instanceId,
    WEBSITE_SLOT_NAME: options.slot,
    WEBSITE_TIME_ZONE: options.timeZone,
    ...settings,
  };
  const set: Record<string, string> = {};
  for (const [variable, value] of Object.entries(known)) {
    if (value === undefined || process.env[variable] !== undefined) continue;
    process.env[variable] = value;
    set[variable] = value;
  }
  return set;
}
