import type { CloudEventAttribute } from "../cloud-event/cloud-event-v1.js";
import type { CloudEventData, ParsedCloudEvent } from "../cloud-event/parsed.js";
import { parseTimestamp } from "../cloud-event/timestamp.js";
import { HandlerError } from "../error.js";
import { type Buffered, type Bytes, refusePrototypeKeys, toBytes, toJson, toText } from "../payload.js";
import { ShownEvent } from "../printed.js";
import type { CloudEvent } from "./event.js";

/** A neutral CloudEvent over one that was parsed. Its data is converted when it is asked for. */
export class LazyCloudEvent extends ShownEvent implements CloudEvent {
  readonly kind = "event";
  readonly native: unknown;
  readonly "~parsed": ParsedCloudEvent;
  private "~time": Date | undefined = undefined;
  private "~safe" = false;

  /** `native`: what the platform delivered, such as the request. */
  constructor(parsed: ParsedCloudEvent, native: unknown) {
    super();
    this["~parsed"] = parsed;
    this.native = native;
  }

  get id(): string {
    return this["~parsed"].id;
  }

  get source(): string {
    return this["~parsed"].source;
  }

  get type(): string {
    return this["~parsed"].type;
  }

  get subject(): string | undefined {
    return this["~parsed"].subject;
  }

  get time(): Date {
    this["~time"] ??= parseTimestamp(this["~parsed"].time ?? "") ?? new Date();
    return this["~time"];
  }

  get timestamp(): string | undefined {
    return this["~parsed"].time;
  }

  get datacontenttype(): string | undefined {
    return this["~parsed"].datacontenttype;
  }

  get dataschema(): string | undefined {
    return this["~parsed"].dataschema;
  }

  get extensions(): Readonly<Record<string, CloudEventAttribute>> {
    return this["~parsed"].extensions;
  }

  get data(): unknown {
    const { data } = this["~parsed"];
    if (data.kind === "json") return this["~value"](data.value);
    if (data.kind === "text") return data.text;
    return data.kind === "bytes" ? data.bytes : undefined;
  }

  async text(): Promise<string> {
    const { data } = this["~parsed"];
    // Text may have been of another character set than the one that bytes are read by.
    return toText(data.kind === "text" ? data.text : toBuffered(data));
  }

  async json(): Promise<unknown> {
    const { data } = this["~parsed"];
    if (data.kind === "json") return this["~value"](data.value);
    if (data.kind === "none") {
      throw new HandlerError("BAD_REQUEST", "The event has no data, and JSON was expected.");
    }
    return toJson(data.kind === "text" ? data.text : data.bytes);
  }

  async bytes(): Promise<Bytes> {
    return toBytes(toBuffered(this["~parsed"].data));
  }

  private "~value"(value: unknown): unknown {
    if (!this["~safe"]) refusePrototypeKeys(value);
    this["~safe"] = true;
    return value;
  }
}

/**
 * The data as it was sent; JSON that was part of a larger document is written anew.
 *
 * @throws {HandlerError} BAD_REQUEST when it is nested too deeply to be written.
 */
export function toBuffered(data: CloudEventData): Buffered {
  if (data.kind === "none") return "";
  if (data.kind === "bytes" || data.bytes !== undefined) return data.bytes as Bytes;
  if (data.kind === "text") return data.text;
  try {
    return JSON.stringify(data.value);
  } catch (cause) {
    throw new HandlerError("BAD_REQUEST", "The data of the event is nested too deeply.", { cause });
  }
}
