import { app } from "@azure/functions";
import { HandlerError } from "@portico/core";

const extension = "@azure/functions-extensions-servicebus";
const base = "@azure/functions-extensions-base";

/**
 * Loads the extension by which a function settles its messages: it registers itself with the base package that `@azure/functions` asks. At
 * once, because the host's first delivery does not wait for an import. It is looked for from a file's place; by default from this one's.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not installed, or was installed beside another copy of the base package.
 */
export function loadExtension(from: string = import.meta.url): void {
  const { createRequire } = process.getBuiltinModule("node:module");
  const require = createRequire(from);
  try {
    require(extension);
  } catch (cause) {
    throw new HandlerError("CONFIG_INVALID", `The settlement of Service Bus messages needs ${extension}.`, {
      hint: `Install it, or pass \`settlement: "imported"\` where your bundle imports it already.`,
      cause,
    });
  }
  const bases = [extension, "@azure/functions"].map((name) => createRequire(require.resolve(name)).resolve(base));
  if (bases[0] === bases[1]) return;
  throw new HandlerError("CONFIG_INVALID", `${extension} and @azure/functions use two copies of ${base}.`, {
    hint: `Add \`"overrides": { "${base}": "0.3.0" }\` to package.json: what the one registers, the other does not see.`,
  });
}
