import { checkLogLevel } from "./log-level.js";
import { checkNames, invalidOption } from "./option-names.js";
import { byteCount, checkNumbers, milliseconds, type NumberRange } from "./option-number.js";

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
  /** A name of a level. */
  readonly logLevel?: unknown;
}

const proxies: NumberRange = { is: "a whole number of proxies", whole: true };

/**
 * Refuses options that cannot work.
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
  checkNumbers(options, { bodyLimit: byteCount, timeoutMs: milliseconds, trustedProxies: proxies });
  checkLogLevel(options.logLevel);
  const { trust = [] } = options;
  for (const name of trust) {
    if (identities.includes(name)) continue;
    throw invalidOption(`trust has ${JSON.stringify(name)}; known here: ${identities.join(", ") || "none"}`);
  }
}
