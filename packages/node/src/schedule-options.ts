import { HandlerError, type ScheduleEvent } from "@portico/core";
import { checkNames, checkNumbers, milliseconds, type OptionNames } from "@portico/core/adapter";

/** How the schedules of a server run. */
export interface SchedulesOptions {
  /** Whether a tick begins while the one before still runs. Else it is left out, and logged. Default: false. */
  readonly overlap?: boolean | undefined;
  /** How long one run may take, in milliseconds. Default: one hour; 0 for no limit. */
  readonly timeoutMs?: number | undefined;
  /**
   * Asked before each tick whether it runs here: true where this replica is the first to take `tick.id`, which is the same in all of them.
   * When it fails, or takes more than 30 seconds, the tick does not run here, and that is logged. Default: every tick runs here.
   */
  readonly lease?: ((tick: ScheduleEvent) => boolean | Promise<boolean>) | undefined;
}

const names = { overlap: true, timeoutMs: true, lease: true } satisfies OptionNames<SchedulesOptions>;
const defaultTimeoutMs = 3_600_000;

/**
 * What the option `schedules` of a server with schedule functions says; undefined for "not here".
 *
 * @throws {HandlerError} CONFIG_INVALID when it is missing, since each replica would run every schedule, or cannot work.
 */
export function checkSchedules(
  given: boolean | SchedulesOptions | undefined,
): (SchedulesOptions & { readonly timeoutMs: number }) | undefined {
  if (given === false) return undefined;
  if (given !== true && (given === null || typeof given !== "object")) {
    throw new HandlerError("CONFIG_INVALID", "Schedule functions need the option `schedules`.", {
      hint: "Every replica that runs schedules runs all of them. Write `schedules: true` where there is one replica, `schedules: { lease }` where several share them, or `schedules: false` where they run elsewhere.",
    });
  }
  const options = given === true ? {} : given;
  checkNames(options, names, "schedules.");
  const { timeoutMs = defaultTimeoutMs, overlap = false, lease } = options;
  checkNumbers(options, { timeoutMs: milliseconds }, "schedules.");
  if (typeof overlap !== "boolean") throw invalid("overlap", "is not true or false");
  if (lease !== undefined && typeof lease !== "function")
    throw invalid("lease", "is not a function", "Write `lease: async (tick) => ...`, true where the tick runs here.");
  return { ...options, timeoutMs };
}

function invalid(name: string, why: string, hint?: string): HandlerError {
  return new HandlerError("CONFIG_INVALID", `The option schedules.${name} ${why}.`, { hint });
}
