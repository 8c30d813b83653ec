import { HandlerError } from "@portico/core";

interface Declared {
  readonly bucket: string;
  readonly prefix?: string | undefined;
  readonly suffix?: string | undefined;
}

/**
 * Refuses a Blob trigger's path by which nothing that the function is declared for would ever start it. A container that is a setting
 * (`%PHOTOS%`) is held against the bucket where the environment has the setting.
 *
 * @throws {HandlerError} CONFIG_INVALID when the container is not the declared bucket, or no name of the path has the declared prefix or suffix.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#blob-name-patterns
 */
export function checkPath(path: string, { bucket, prefix = "", suffix = "" }: Declared): void {
  const [, given = "", pattern = ""] = /^([^/]*)(?:\/(.*))?$/s.exec(path) ?? [];
  const container = given.replace(/^%([^%]+)%$/, (whole, name: string) => process.env[name] || whole);
  if (!container.includes("%") && container !== bucket) {
    throw invalid(
      `The path ${JSON.stringify(path)} of the Blob trigger is of the container ${JSON.stringify(container)}, and the function is declared for ${JSON.stringify(bucket)}.`,
      `Begin the path with ${JSON.stringify(`${bucket}/`)}, or declare the function for the other container.`,
    );
  }
  // What a setting or a doubled brace stands for is the host's to know.
  if (pattern === "" || /%|\{\{|\}\}/.test(pattern)) return;
  const [start = ""] = /^[^{]*/.exec(pattern) ?? [];
  const [end = ""] = /[^}]*$/.exec(pattern) ?? [];
  if (!start.startsWith(prefix) && !(start !== pattern && prefix.startsWith(start)))
    throw never("prefix", prefix, path);
  if (!end.endsWith(suffix) && !(end !== pattern && suffix.endsWith(end))) throw never("suffix", suffix, path);
}

function never(what: string, declared: string, path: string): HandlerError {
  return invalid(
    `No blob of the Blob trigger's path ${JSON.stringify(path)} has the declared ${what} ${JSON.stringify(declared)}.`,
    `Let the path and the function's ${what} agree, or leave one of them out.`,
  );
}

function invalid(message: string, hint: string): HandlerError {
  return new HandlerError("CONFIG_INVALID", message, { hint });
}
