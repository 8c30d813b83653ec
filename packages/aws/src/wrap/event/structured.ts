import { type CloudEvent, type CloudEventV1, toCloudEvent } from "@portico/core";
import { unencodable } from "@portico/core/adapter";

const carrier = "A CloudEvent in the JSON format";

/** A CloudEvent as plain data. What breaks a rule of the specification could only be carried changed. */
export async function toStructured(event: CloudEvent): Promise<CloudEventV1> {
  let made: CloudEventV1;
  try {
    made = await toCloudEvent(event);
  } catch (error) {
    throw unencodable(carrier, "event", error instanceof Error ? error.message : "it cannot be read");
  }
  // Where core keeps what the specification does not allow.
  const { porticometa } = made;
  if (porticometa === event.extensions.porticometa) return made;
  const [field = "event"] = Object.keys(JSON.parse(String(porticometa)) as object);
  throw unencodable(carrier, field, "it breaks a rule of the specification");
}
