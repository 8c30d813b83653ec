import { type Context, HandlerError } from "@portico/core";
import { InFlight, type InvocationContext } from "@portico/core/adapter";

/** Runs something when its turn has come. */
export type InTurn = <T>(context: Context, run: () => Promise<T>) => Promise<T>;

/**
 * One after the other, or all at once. A process of Lambda has one invocation at a time, and a handler may keep what belongs to it in
 * variables of its module: run at the same time, two would take each other's failures for their own.
 */
export function inTurn(oneAtATime: boolean): InTurn {
  if (!oneAtATime) return (_context, run) => run();
  const inFlight = new InFlight(true);
  return async (context, run) => {
    const root = (context as InvocationContext)["~root"];
    const before = inFlight.get(key);
    const own = inFlight.enter(key, root);
    try {
      const late = before && (await inFlight.wait(before, { key, own, context, fields: {} }));
      // Whoever waited for it has reported it already.
      if (late || context.remainingMs() <= 0 || root["~isAborted"]) throw tooLate();
      return await run();
    } finally {
      own.leave();
    }
  };
}

const key = "the handler";

function tooLate(): HandlerError {
  return new HandlerError("TIMEOUT", "The time was up before the handler's turn came.", {
    hint: "A Lambda handler runs one invocation at a time. Where it bears several at once, say `oneAtATime: false`.",
  });
}
