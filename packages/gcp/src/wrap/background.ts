import { types } from "../legacy.js";

/** What a background function of the first generation is called with. */
export interface BackgroundEvent {
  readonly data: unknown;
  readonly context: unknown;
}

type Attributes = Readonly<Record<string, unknown>>;

/**
 * A CloudEvent in binary mode as the functions framework hands it to a background function: the events of Google's own that there were in the
 * first generation as they were then, all others with their attributes for a context.
 *
 * @throws {TypeError} where the framework itself fails, before it calls the function.
 */
export function toBackgroundEvent(attributes: Attributes, body: unknown): BackgroundEvent {
  const eventType = [...types].find(([, type]) => type === attributes.type)?.[0];
  if (eventType === undefined) return { data: body, context: attributes };
  const [, service, name] = /\/\/([^/]+)\/(.+)/.exec(String(attributes.source)) ?? [];
  if (service === undefined) throw new TypeError(`The CloudEvent has the source ${String(attributes.source)}.`);
  const { id: eventId, time: timestamp } = attributes;
  const { data, resource } = toResource(service, `${name}`, `${name}/${String(attributes.subject)}`, body);
  return { data, context: { eventId, timestamp, eventType, resource } };
}

function toResource(service: string, name: string, path: string, body: unknown) {
  switch (service) {
    case "pubsub.googleapis.com": {
      const { message = body, ...rest } = body as { readonly message?: object };
      const { messageId: _id, publishTime: _time, ...data } = (message ?? rest) as Record<string, unknown>;
      return { data, resource: { service, name, type: "type.googleapis.com/google.pubsub.v1.PubsubMessage" } };
    }
    case "firebaseauth.googleapis.com":
      return { data: withOldNames(body as object), resource: name };
    case "firebasedatabase.googleapis.com":
      return { data: body, resource: path.replace(/\/locations\/[^/]+/, "") };
    case "storage.googleapis.com":
      return { data: body, resource: { name: path, service, type: (body as { readonly kind?: unknown }).kind } };
    default:
      return { data: body, resource: path };
  }
}

function withOldNames(data: object): object {
  if (!("metadata" in data)) return data;
  const names: Readonly<Record<string, string>> = { createTime: "createdAt", lastSignInTime: "lastSignedInAt" };
  const entries = Object.entries(data.metadata as object);
  return { ...data, metadata: Object.fromEntries(entries.map(([name, value]) => [names[name] ?? name, value])) };
}
