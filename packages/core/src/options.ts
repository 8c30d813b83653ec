import { checkNames, invalidOption } from "./option-names.js";

/** The options that adapters have in common, as they check them. */
export interface SharedOptions {
  /** Bytes. */
  readonly bodyLimit?: number | undefined;
  /** Milliseconds; 0 for no limit. */
  readonly timeoutMs?: number | undefined;
  /** Beside the platform's own front end. */
  readonly trustedProxies?: number | undefined;
  /** Names of identities in headers to believe. */
  readonly trust?: readonly string[] | undefined;
}

/**
 * Refuses options that cannot work. NaN above all, which `Number(process.env.X)` gives where X is not set: it compares as false with
 * everything, and would switch a limit off without a word.
 *
 * @param known the names that the options may have
 * @param identities the names that `trust` may have
 * @throws {HandlerError} CONFIG_INVALID when one is not known or out of range, or `trust` has another name.
 */
export function checkOptions(
  options: SharedOptions,
  known: Readonly<Record<string, true>>,
  identities: readonly string[] = [],
): void {
  checkNames(options, known);
  const { bodyLimit = 0, timeoutMs = 0, trustedProxies = 0, trust = [] } = options;
  if (!(bodyLimit >= 0)) throw invalidOption(`bodyLimit is ${bodyLimit}, which is no number of bytes`);
  if (!(timeoutMs >= 0)) throw invalidOption(`timeoutMs is ${timeoutMs}, which is no number of milliseconds`);
  if (!Number.isInteger(trustedProxies) || trustedProxies < 0)
    throw invalidOption(`trustedProxies is ${trustedProxies}, which is no number of proxies`);
  for (const name of trust) {
    if (identities.includes(name)) continue;
    throw invalidOption(`trust has ${JSON.stringify(name)}; known here: ${identities.join(", ") || "none"}`);
  }
}
