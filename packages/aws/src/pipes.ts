import type { Cell } from "./messages.js";

type PipesRecord = Readonly<Record<string, unknown>>;

/**
 * A queue behind EventBridge Pipes, which delivers a bare array of its messages. Pipes takes the same report of failures that an event
 * source mapping takes.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
 */
export function piped<E>(cell: Cell<E>): Cell<E> {
  return {
    capabilities: { ...cell.capabilities, source: `EventBridge Pipes from ${cell.capabilities.source}` },
    matches: (event) => Array.isArray(event) && (event.length === 0 || cell.matches(fromPipes(event))),
    read: (event, lambda) => cell.read(fromPipes(event), lambda),
    ...(cell.report && { report: (failed, event) => cell.report?.(failed, fromPipes(event)) }),
    ...(cell.result && { result: (event) => cell.result?.(fromPipes(event)) }),
  };
}

/** The messages as their event source mapping would have delivered them. */
function fromPipes(event: unknown): unknown {
  const records = event as readonly PipesRecord[];
  const { eventSource, eventSourceArn } = records[0] ?? {};
  switch (eventSource) {
    case "aws:amq":
    case "aws:mq":
      return { eventSource, eventSourceArn, messages: records };
    case "aws:rmq":
      return { eventSource, eventSourceArn, rmqMessagesByQueue: group(records, (r) => String(r?.eventSourceKey)) };
    default:
      return { Records: records };
  }
}

function group(records: readonly PipesRecord[], by: (record: PipesRecord) => string): Record<string, PipesRecord[]> {
  const groups: Record<string, PipesRecord[]> = Object.create(null);
  for (const record of records) {
    const key = by(record);
    const members = groups[key] ?? [];
    members.push(record);
    groups[key] = members;
  }
  return groups;
}
