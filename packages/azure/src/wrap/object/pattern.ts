import { HandlerError } from "@portico/core";

/** The tokens of a path that a pattern matches, by name; undefined where it does not match. */
export type BlobPattern = (path: string) => Readonly<Record<string, string>> | undefined;

/**
 * A Blob trigger's `path`, such as `images/{name}` or `images/{folder}/{file}.png`. A token takes as much as it can; braces that are doubled
 * are literal.
 *
 * @throws {HandlerError} CONFIG_INVALID when it cannot be read, or its container is an expression.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#blob-name-patterns
 */
export function compilePattern(pattern: string): BlobPattern {
  const names: string[] = [];
  const parts = pattern.match(/\{\{|\}\}|\{\w+\}|[^{}]+|[{}]/g) ?? [];
  const source = parts.map((part) => {
    if (/^\{\w+\}$/.test(part)) {
      names.push(part.slice(1, -1));
      return "(.+)";
    }
    if (part === "{" || part === "}") throw invalid(pattern);
    return (part === "{{" || part === "}}" ? part.slice(1) : part).replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  });
  if (/^[^/]*[{%]/.test(pattern)) throw invalid(pattern);
  const whole = new RegExp(`^${source.join("")}${pattern.includes("/") ? "" : "/.+"}$`, "s");
  return (path) => {
    const match = whole.exec(path);
    return match ? Object.fromEntries(names.map((name, index) => [name, match[index + 1] as string])) : undefined;
  };
}

function invalid(pattern: string): HandlerError {
  return new HandlerError("CONFIG_INVALID", `The path ${JSON.stringify(pattern)} of a Blob trigger cannot be read.`, {
    hint: "Write it like images/{name}; the container is a name, not a setting.",
  });
}
