import type { Request, Response } from "@google-cloud/functions-framework";
import { type Context, HandlerError, type Logger, type Trace } from "@portico/core";
import { beginRequest, createLogger, type HttpSource, InvocationContext } from "@portico/core/adapter";
import { toGoogleEntry } from "./log.js";
import { readTrace } from "./trace.js";

/** What the functions framework gave to the handler, untouched. */
export interface GcpNative {
  readonly request: Request;
  readonly response: Response;
}

/** The untouched request and response of an invocation; undefined when it does not run on Google Cloud Functions. */
export function native({ platform, native: given }: Context): GcpNative | undefined {
  return platform === "gcp" ? (given as GcpNative) : undefined;
}

/** What the adapter knows at the start of an invocation. */
export interface GcpContextInit {
  readonly native: GcpNative;
  readonly source: HttpSource;
  readonly functionName: string;
  /** Only 1st generation functions and emulators say where they run. */
  readonly region: string | undefined;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly coldStart: boolean;
  readonly projectId: string | undefined;
  readonly logLevel: string | undefined;
}

/** The context of one invocation on Google Cloud Functions. */
export class GcpContext extends InvocationContext {
  private readonly "~source": HttpSource;
  private readonly "~projectId": string | undefined;
  private readonly "~logLevel": string | undefined;

  constructor({ native, source, functionName, region, deadlineMs, coldStart, projectId, logLevel }: GcpContextInit) {
    super({ id: source.id(), functionName, platform: "gcp", region, deadlineMs, coldStart, native });
    this["~source"] = source;
    this["~projectId"] = projectId;
    this["~logLevel"] = logLevel;
    beginRequest(this, source);
  }

  override get native(): GcpNative {
    return super.native as GcpNative;
  }

  protected override "~watchCaller"(): void {
    const { response } = this.native;
    const onClose = (): void => {
      if (!response.writableEnded) this["~abort"](new HandlerError("CANCELLED", "The caller left."));
    };
    if (response.destroyed) onClose();
    else response.on("close", onClose);
  }

  protected override "~readTrace"(): Trace | undefined {
    return readTrace((name) => this["~source"].header(name));
  }

  protected override "~createLog"(): Logger {
    const { trace } = this;
    const projectId = this["~projectId"];
    return createLogger({
      level: this["~logLevel"],
      format: (entry) => toGoogleEntry(entry, trace, projectId, this),
      // Cloud Logging reads the severity from the line, not from the stream it came by.
      write: (line) => process.stdout.write(`${line}\n`),
    });
  }
}
