import { HandlerError } from "@portico/core";

/**
 * A provider's SDK, loaded on first use. The import stands where it is called, so that bundlers see the name.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not installed.
 */
export async function loadSdk<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const { code, message } = cause as { code?: unknown; message?: unknown };
    // A part of it that is missing is another mistake.
    if (code !== "ERR_MODULE_NOT_FOUND" || !String(message).includes(`package '${name}'`)) throw cause;
    throw new HandlerError("CONFIG_INVALID", `A store needs ${name}, which is not installed.`, {
      hint: `npm install ${name}`,
      cause,
    });
  }
}
