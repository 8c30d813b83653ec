import { InvocationContext } from "./context.js";
import type { LogFields, Logger } from "./log.js";
import type { Trace } from "./trace.js";

/** What a message says of itself. */
export interface MessageOrigin {
  /** The trace that it belongs to. Default: the invocation's. */
  readonly trace?: (() => Trace | undefined) | undefined;
}

/** The context of one message of a delivery, with its own log, trace and background work; the signal and the deadline are its host's. */
export class MessageContext extends InvocationContext {
  private readonly "~fields": LogFields;
  private readonly "~origin": MessageOrigin;

  constructor(host: InvocationContext, fields: LogFields, origin: MessageOrigin) {
    super(host["~init"], host);
    this["~fields"] = fields;
    this["~origin"] = origin;
  }

  protected override "~readTrace"(): Trace | undefined {
    return this["~origin"].trace?.() ?? this["~host"]["~readTrace"]();
  }

  protected override "~createLog"(): Logger {
    return this["~host"].log.child(this["~fields"]);
  }
}
