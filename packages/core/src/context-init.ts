import type { Context } from "./context.js";

/** What an adapter knows at the start of an invocation. */
export interface ContextInit {
  /** {@link Context.id} */
  readonly id: string;
  /** {@link Context.functionName} */
  readonly functionName: string;
  /** {@link Context.platform} */
  readonly platform: string;
  /** Default: undefined, where the platform does not say. */
  readonly region?: string | undefined;
  /** Milliseconds since the epoch; Infinity, as undefined, for none. */
  readonly deadlineMs?: number | undefined;
  /** Default: false. */
  readonly coldStart?: boolean | undefined;
  /** {@link Context.native} */
  readonly native?: unknown;
}
