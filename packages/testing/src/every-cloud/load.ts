import { HandlerError } from "@portico/core";

/**
 * A package that a test need not have installed.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not there, or one that it needs.
 */
export async function load<M>(name: string, importIt: () => Promise<M>): Promise<M> {
  try {
    return await importIt();
  } catch (cause) {
    const { code, message } = cause as { code?: string; message?: string };
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw cause;
    throw new HandlerError(
      "CONFIG_INVALID",
      `To run a function on every cloud, ${name} must be installed: ${message}`,
      {
        hint: `npm install --save-dev ${name}`,
        cause,
      },
    );
  }
}
