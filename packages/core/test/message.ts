import { InvocationContext, LazyMessage, type MessageSource } from "../src/adapter.js";
import type { QueueMessage } from "../src/index.js";
import { createLogger, type LogEntry, type Logger } from "../src/log.js";

class RecordingContext extends InvocationContext {
  readonly lines: string[] = [];

  protected override "~createLog"(): Logger {
    const format = ({ level, message, fields }: LogEntry) => ({ level, message, ...fields });
    return createLogger({ format, write: (line) => this.lines.push(line), level: "debug" });
  }
}

/** A context whose log entries can be looked at. */
export function testContext(deadlineMs?: number) {
  const context = new RecordingContext({ id: "1", functionName: "f", platform: "test", deadlineMs });
  return {
    context,
    logs: (): Record<string, unknown>[] => context.lines.map((line) => JSON.parse(line)),
  };
}

class TestMessage extends LazyMessage<"queue"> implements QueueMessage {
  readonly groupId = undefined;
  readonly sequence = undefined;
}

/** A message with nothing but its id, a body, and how often it was delivered where that is given. */
export function testMessage(id: string, body: string | Uint8Array = "{}", attempt?: number): QueueMessage {
  const source: MessageSource = {
    native: { id },
    id: () => id,
    source: () => "test-queue",
    time: () => new Date(0),
    body: () => body,
    attributes: () => ({}),
    contentType: () => undefined,
    correlationId: () => undefined,
    subject: () => undefined,
    replyTo: () => undefined,
    attempt: () => attempt,
  };
  return new TestMessage("queue", source);
}
