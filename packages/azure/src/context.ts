import type { InvocationContext as AzureInvocationContext, HttpRequest } from "@azure/functions";
import type { Context, Logger, LogLevel, Trace } from "@portico/core";
import { createLogger, InvocationContext, parseTraceparent, toFlatEntry } from "@portico/core/adapter";

/** What Azure Functions gave to the handler, untouched. */
export interface AzureNative {
  /** Of an HTTP function. */
  readonly request?: HttpRequest | undefined;
  /** Of any other: the message, the batch, the timer. */
  readonly input?: unknown;
  readonly context: AzureInvocationContext;
}

/** What Azure Functions gave to the handler of an HTTP function. */
export interface AzureHttpNative extends AzureNative {
  readonly request: HttpRequest;
}

/** The untouched Azure input and context of an invocation; undefined when it does not run on Azure Functions. */
export function native({ platform, native: given }: Context): AzureNative | undefined {
  return platform === "azure" ? (given as AzureNative) : undefined;
}

/** What the adapter knows at the start of an invocation. */
export interface AzureContextInit {
  readonly native: AzureNative;
  readonly region: string | undefined;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly coldStart: boolean;
  readonly logLevel: LogLevel | undefined;
  /** Of an HTTP function: whether bodies stream. Default: false. */
  readonly streamed?: boolean | undefined;
}

/** The context of one invocation on Azure Functions. */
export class AzureContext extends InvocationContext {
  private readonly "~azure": AzureInvocationContext;
  private readonly "~logLevel": LogLevel | undefined;
  private "~returned" = false;
  /** Whether an HTTP invocation is answered on a connection of its own, bodies as they come. */
  readonly "~streamed": boolean;

  constructor({ native, region, deadlineMs, coldStart, logLevel, streamed = false }: AzureContextInit) {
    const { invocationId, functionName } = native.context;
    super({ id: invocationId, functionName, platform: "azure", region, deadlineMs, coldStart, native });
    this["~azure"] = native.context;
    this["~logLevel"] = logLevel;
    this["~streamed"] = streamed;
  }

  /** From here on nothing is logged through Azure's context, which answers late entries with warnings of its own. */
  "~return"(): void {
    this["~returned"] = true;
  }

  protected override "~readTrace"(): Trace | undefined {
    const { traceContext } = this["~azure"];
    return parseTraceparent(traceContext?.traceParent, traceContext?.traceState);
  }

  protected override "~createLog"(): Logger {
    const { id, functionName } = this;
    return createLogger({
      // Not read earlier: the host replaces the environment when it makes a waiting worker this app's.
      level: this["~logLevel"] ?? process.env.LOG_LEVEL,
      format: ({ level, message, time, fields }) =>
        toFlatEntry({ time, level, message, invocationId: id, functionName }, fields),
      write: (line, level) => {
        // The host files entries of its own context under the invocation and its severity; the console's only under the app.
        // biome-ignore lint/suspicious/noConsole: what comes late has no other way out.
        if (this["~returned"]) console[level](line);
        else this["~azure"][level](line);
      },
    });
  }
}
