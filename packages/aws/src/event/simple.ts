import type { CloudEvent } from "@portico/core";
import { type CloudEventData, LazyCloudEvent } from "@portico/core/adapter";

/** What a CloudEvent is made of that no specification of its source describes. */
export interface SimpleEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string | undefined;
  /** When it happened; undefined where nobody tells. */
  readonly time?: Date | undefined;
  readonly data: CloudEventData;
  readonly native: unknown;
}

export function toEvent({ id, source, type, subject, time, data, native }: SimpleEvent): CloudEvent {
  const datacontenttype = data.kind === "json" ? "application/json" : undefined;
  const extensions: Record<string, string> = Object.create(null);
  const parsed = { id, source, type, subject, time: time?.toISOString(), datacontenttype, extensions, data };
  return new LazyCloudEvent({ ...parsed, dataschema: undefined }, native);
}
