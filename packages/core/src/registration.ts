import { HandlerError } from "./error.js";
import type { PortableFunction, Trigger } from "./function.js";
import { checkLogLevel } from "./log-level.js";
import { invalidOption } from "./option-names.js";
import { atLeastOne, checkNumbers, milliseconds } from "./option-number.js";

/** @throws {HandlerError} CONFIG_INVALID when a function is of another kind. */
export function checkKind(kind: string, fn: PortableFunction<Trigger, never, unknown> | undefined): void {
  if (typeof fn === "function" && fn.trigger?.kind === kind) return;
  const found = fn?.trigger?.kind ?? "not portable";
  throw new HandlerError(
    "CONFIG_INVALID",
    `${article(kind)} ${kind} function was expected, and this one is ${found}.`,
    {
      hint: `Pass what \`${kind}(...).handle(...)\` returns.`,
    },
  );
}

interface Checked {
  readonly sink?: unknown;
  readonly concurrency?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly logLevel?: unknown;
}

/** @throws {HandlerError} CONFIG_INVALID when one has a value that cannot be meant. `timeoutMs: 0` is no limit, as it is for HTTP. */
export function checkMessageOptions(options: Checked): void {
  const { sink, logLevel } = options;
  if (sink !== undefined && typeof sink !== "function") throw invalidOption("sink is not a function");
  checkNumbers(options, { concurrency: atLeastOne, timeoutMs: milliseconds });
  checkLogLevel(logLevel);
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? "An" : "A";
}
