import { type CloudEvent, HandlerError } from "@portico/core";
import { asyncInvoke } from "../async-invoke.js";
import { type Cell, malformed } from "../messages.js";
import { fromBase64 } from "../records.js";
import { toEvent } from "./simple.js";

interface LogsEvent {
  readonly awslogs: { readonly data: string };
}

/** What the data is, once unpacked. */
interface LogsData {
  readonly messageType?: unknown;
  readonly logGroup?: unknown;
  readonly logEvents?: readonly { readonly id?: unknown; readonly timestamp?: unknown }[];
}

/**
 * CloudWatch Logs: `data` is the unpacked document, `type` says whether it has log events (`aws.logs.DATA_MESSAGE`) or only tests the
 * subscription (`aws.logs.CONTROL_MESSAGE`), and `subject` is the log group.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html
 */
export function createLogs(limit: number): Cell<CloudEvent> {
  return {
    capabilities: { ...asyncInvoke, kind: "event", source: "CloudWatch Logs" },
    matches: (event) => typeof (event as Partial<LogsEvent> | null | undefined)?.awslogs === "object",
    read: (event, { awsRequestId }) => {
      const packed = (event as LogsEvent).awslogs?.data;
      if (typeof packed !== "string") throw malformed("CloudWatch Logs", "data", packed);
      const value = unpack(packed, limit);
      const { messageType, logGroup, logEvents } = (value ?? {}) as LogsData;
      const first = Array.isArray(logEvents) ? logEvents[0] : undefined;
      const id = typeof first?.id === "string" && first.id !== "" ? first.id : awsRequestId;
      const parts = {
        id,
        source: "aws.logs",
        type: `aws.logs.${messageType}`,
        subject: typeof logGroup === "string" && logGroup !== "" ? logGroup : undefined,
        time: typeof first?.timestamp === "number" ? new Date(first.timestamp) : undefined,
      };
      return [{ events: [toEvent({ ...parts, data: { kind: "json", value }, native: event })], id, native: event }];
    },
  };
}

/** @throws {HandlerError} TOO_LARGE when it grows over the limit, EVENT_MALFORMED when it is no packed JSON. */
function unpack(packed: string, limit: number): unknown {
  // Loaded when the first log arrives: no other function pays for it, and no bundler sees it.
  const { gunzipSync } = process.getBuiltinModule("node:zlib");
  try {
    return JSON.parse(gunzipSync(fromBase64(packed), { maxOutputLength: limit }).toString("utf8"));
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") {
      throw new HandlerError("TOO_LARGE", `The log data is larger than ${limit} bytes when it is unpacked.`, {
        hint: "Raise `unpackedLimit` if the function has the memory for it.",
        cause,
      });
    }
    throw new HandlerError("EVENT_MALFORMED", "The log data is not JSON, packed with gzip, as Base64.", { cause });
  }
}
