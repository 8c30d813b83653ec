import type { HttpReply } from "@portico/core";
import { text } from "./reply.js";

/** A server-sent event as it went on the wire; only the fields that it has. */
export interface ReplyEvent {
  readonly event?: string;
  /** As text: JSON data is for the test to parse. */
  readonly data?: string;
  readonly id?: string;
  readonly retry?: number;
  readonly comment?: string;
}

/**
 * The events of a reply made with `reply.sse`, comments included, read to the end of the stream.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function events(reply: HttpReply): Promise<ReplyEvent[]> {
  const blocks = (await text(reply)).split(/\r\n\r\n|\n\n|\r\r/);
  // What follows the last empty line is an event that never ended.
  return blocks.slice(0, -1).map(toEvent);
}

function toEvent(block: string): ReplyEvent {
  const event: { -readonly [K in keyof ReplyEvent]: ReplyEvent[K] } = {};
  for (const line of block.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "") event.comment = joined(event.comment, value);
    else if (field === "data") event.data = joined(event.data, value);
    else if (field === "event" || field === "id") event[field] = value;
    else if (field === "retry") event.retry = Number(value);
  }
  return event;
}

function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}\n${value}`;
}
