import { app } from "@azure/functions";
import { HandlerError } from "@portico/core";

const library = "@azure/functions";
const extension = "@azure/functions-extensions-servicebus";
const base = "@azure/functions-extensions-base";

/**
 * Loads the extension by which a function settles its messages: it registers itself with the base package that `@azure/functions` asks. At
 * once, because the host's first delivery does not wait for an import. It is looked for from a file's place; by default from this one's, or
 * that of the bundle which it is in.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not installed, was installed beside another copy of the base package, or when the bundle
 *   has a copy of `@azure/functions` inside.
 */
export function loadExtension(from?: string): void {
  const { createRequire } = process.getBuiltinModule("node:module");
  // A bundle in CommonJS has no `import.meta.url`, and a module has no `__filename`.
  const require = createRequire(from ?? import.meta.url ?? __filename);
  try {
    require(extension);
  } catch (cause) {
    throw new HandlerError("CONFIG_INVALID", `The settlement of Service Bus messages needs ${extension}.`, {
      hint: `Install it, or pass \`settlement: "imported"\` where your bundle imports it already.`,
      cause,
    });
  }
  const basePath = (name: string) => createRequire(require.resolve(name)).resolve(base);
  if (!isInstalled(require, from === undefined)) {
    throw new HandlerError("CONFIG_INVALID", `The bundle has a copy of ${library}, which does not see ${extension}.`, {
      hint: `Leave both out of the bundle (esbuild: \`--external:@azure/functions*\`), or import the extension in your code and pass \`settlement: "imported"\`.`,
    });
  }
  if (basePath(extension) === basePath(library)) return;
  throw new HandlerError("CONFIG_INVALID", `${extension} and ${library} use two copies of ${base}.`, {
    hint: `Add \`"overrides": { "${base}": "0.3.0" }\` to package.json: what the one registers, the other does not see.`,
  });
}

/** Whether Azure's library is installed and, where that is asked, is the one that runs here: a bundle may have a copy inside. */
function isInstalled(require: NodeJS.Require, isOurs: boolean): boolean {
  try {
    return isOurs ? (require(library) as { app: unknown }).app === app : require.resolve(library) !== "";
  } catch {
    return false;
  }
}
