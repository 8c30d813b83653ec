import { InvocationContext } from "../context.js";
import type { LogFields, Logger } from "../log.js";
import type { Trace } from "../trace.js";

/** What a message says of itself. */
export interface MessageOrigin {
  /** What the platform knows it by; `messageId` in the log. Default: the event's own id. */
  readonly id?: string | undefined;
  /** Further fields of all its log entries. */
  readonly fields?: LogFields | undefined;
  /** The trace that it belongs to. Default: the invocation's. */
  trace?(): Trace | undefined;
}

/** The context of one message of a delivery, with its own log, trace and background work; the signal and the deadline are its host's. */
export class MessageContext extends InvocationContext {
  private readonly "~event": { readonly id: string };
  private readonly "~origin": MessageOrigin;

  constructor(host: InvocationContext, event: { readonly id: string }, origin: MessageOrigin) {
    super(host["~init"], host);
    this["~event"] = event;
    this["~origin"] = origin;
  }

  protected override "~readTrace"(): Trace | undefined {
    return this["~origin"].trace?.() ?? this["~host"]["~readTrace"]();
  }

  protected override "~createLog"(): Logger {
    const { id = this["~event"].id, fields } = this["~origin"];
    return this["~host"].log.child({ messageId: id, ...fields });
  }
}
