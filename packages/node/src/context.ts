import type { IncomingMessage, ServerResponse } from "node:http";
import type { Context, LogEntry, Logger, Trace } from "@portico/core";
import {
  beginRequest,
  createLogger,
  type HttpSource,
  InvocationContext,
  parseTraceparent,
  toFlatEntry,
} from "@portico/core/adapter";

/** What stands behind an invocation: `context.native`. */
export interface NodeNative {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The untouched request and response of an invocation; undefined when it does not run on a server of this package. */
export function native({ platform, native: given }: Context): NodeNative | undefined {
  return platform === "node" ? (given as NodeNative) : undefined;
}

/** How entries are written. */
export interface Logging {
  readonly format: (entry: LogEntry, context: NodeContext) => object;
  /** A level, or a text that the environment has for one. */
  readonly level: string | undefined;
}

/** The context of one request to a server of our own, or of one tick of its schedules, which has no request. */
export class NodeContext extends InvocationContext {
  override get native(): NodeNative | undefined {
    return super.native as NodeNative | undefined;
  }

  private readonly "~source": HttpSource | undefined;
  private readonly "~logging": Logging;

  constructor(
    source: HttpSource | undefined,
    native: NodeNative | undefined,
    logging: Logging,
    init: { functionName: string; deadlineMs: number | undefined; coldStart: boolean },
  ) {
    super({ ...init, id: source?.id() ?? crypto.randomUUID(), platform: "node", native });
    this["~source"] = source;
    this["~logging"] = logging;
    if (source) beginRequest(this, source);
  }

  protected override "~readTrace"(): Trace | undefined {
    const source = this["~source"];
    return parseTraceparent(source?.header("traceparent"), source?.header("tracestate"));
  }

  protected override "~createLog"(): Logger {
    const { format, level } = this["~logging"];
    return createLogger({ format: (entry) => format(entry, this), level, write: writeLine });
  }
}

export function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One flat object: `time`, `level`, `message`, `invocationId`, `functionName`, `traceId`, then the entry's own fields. */
export function formatEntry(
  { time, level, message, fields }: LogEntry,
  { id, functionName, trace }: NodeContext,
): object {
  return toFlatEntry({ time, level, message, invocationId: id, functionName, traceId: trace.traceId }, fields);
}
