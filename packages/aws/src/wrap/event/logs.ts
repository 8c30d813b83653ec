import type { CloudEvent } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { toJsonData } from "./data.js";

/** What CloudWatch Logs delivers. */
export interface LogsEvent {
  awslogs: {
    /** JSON, packed with gzip, as Base64. */
    data: string;
  };
}

const carrier = "A delivery of CloudWatch Logs";

/** An event that once was one: its data is the unpacked document, and everything else is read from that. */
export async function toLogsEvent(event: CloudEvent): Promise<LogsEvent> {
  const data = await toJsonData(carrier, event);
  const { messageType, logGroup, logEvents } = (data ?? {}) as Record<string, unknown>;
  const type = `aws.logs.${String(messageType)}`;
  if (event.type !== type)
    throw unencodable(carrier, "type", "its data is no document of CloudWatch Logs of this type");
  const first = (Array.isArray(logEvents) ? logEvents[0] : undefined) as { id?: unknown } | undefined;
  if (event.source !== "aws.logs") throw unencodable(carrier, "source", "it is not aws.logs");
  if (event.subject !== (logGroup || undefined)) throw unencodable(carrier, "subject", "it is not the log group");
  if (first?.id && event.id !== first.id) throw unencodable(carrier, "id", "it is not that of its first log event");
  const { gzipSync } = process.getBuiltinModule("node:zlib");
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString("base64") } };
}
