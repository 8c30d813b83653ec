import type { CloudEvent } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { toJsonData } from "./data.js";

/** What SES delivers for an e-mail that it received. @see https://docs.aws.amazon.com/lambda/latest/dg/services-ses.html */
export interface SesEvent {
  Records: { eventSource: string; eventVersion: string; ses: unknown }[];
}

const carrier = "An event of SES";

/** An event that once was one: its data is what SES said of the e-mail. */
export async function toSesEvent(event: CloudEvent): Promise<SesEvent> {
  if (event.type !== "aws.ses.received") throw unencodable(carrier, "type", "it is not aws.ses.received");
  if (event.source !== "aws.ses") throw unencodable(carrier, "source", "it is not aws.ses");
  if (event.subject !== undefined) throw unencodable(carrier, "subject", "there is no place for it");
  const ses = await toJsonData(carrier, event);
  const { messageId, timestamp } = ((ses ?? {}) as { mail?: { messageId?: unknown; timestamp?: unknown } }).mail ?? {};
  if (event.id === "" || event.id !== messageId) throw unencodable(carrier, "id", "it is not that of its e-mail");
  if (new Date(String(timestamp)).getTime() !== event.time.getTime())
    throw unencodable(carrier, "time", "it is not that of its e-mail");
  return { Records: [{ eventSource: "aws:ses", eventVersion: "1.0", ses }] };
}
