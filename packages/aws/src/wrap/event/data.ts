import type { CloudEvent } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { toExactJson } from "../json.js";

const json = /^[^;]*[/+]json\s*(?:;|$)/i;

/**
 * The data of a CloudEvent, which has to be JSON.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it is not, or there is none.
 */
export async function toJsonData(carrier: string, event: CloudEvent): Promise<unknown> {
  const { datacontenttype: type } = event;
  const data = readData(carrier, event);
  if (data === undefined) throw unencodable(carrier, "data", "there is none");
  if (data instanceof Uint8Array) throw unencodable(carrier, "data", "it is binary");
  if (type !== undefined && !json.test(type)) throw unencodable(carrier, "data", `it is ${type}, and not JSON`);
  return toExactJson(carrier, "data", data);
}

/** An event does not hand out JSON with a key that would set a prototype. */
function readData(carrier: string, event: CloudEvent): unknown {
  try {
    return event.data;
  } catch (error) {
    throw unencodable(carrier, "data", error instanceof Error ? error.message : "it cannot be read");
  }
}
