import { HandlerError } from "./error.js";
import type { PortableFunction, Trigger } from "./function.js";
import { invalidOption } from "./option-names.js";

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
}

/** @throws {HandlerError} CONFIG_INVALID when one has a value that cannot be meant. `timeoutMs: 0` is no limit, as it is for HTTP. */
export function checkMessageOptions({ sink, concurrency = 1, timeoutMs = 0 }: Checked): void {
  if (sink !== undefined && typeof sink !== "function") throw invalidOption("sink is not a function");
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw invalidOption("concurrency is not a whole number from 1");
  if (!(timeoutMs >= 0)) throw invalidOption("timeoutMs is not a number of milliseconds");
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? "An" : "A";
}
