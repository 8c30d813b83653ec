// One neutral event in the form that each cloud sends. It is what the wrappers are made of, turned around.
import * as lambda from "@portico/aws/wrap";
import type { AzureDelivery } from "@portico/azure/wrap";
import * as functions from "@portico/azure/wrap";
import { toCloudEvent } from "@portico/core";
import type { GoogleRequest } from "@portico/gcp/wrap";
import * as google from "@portico/gcp/wrap";
import type { Step } from "./steps.js";

/** What Lambda is invoked with. */
export function toLambdaEvent({ event }: Step): Promise<unknown> | unknown {
  switch (event.kind) {
    case "queue":
      return lambda.encodeQueue([event], { queue: "orders" });
    case "topic":
      return lambda.encodeTopic(event, { topic: "order-placed" });
    case "stream":
      return lambda.encodeStream([event], { stream: "clicks" });
    case "object":
      return lambda.encodeObject(event);
    case "change":
      return lambda.encodeChange([event]);
    case "schedule":
      return lambda.encodeSchedule(event, { name: "nightly" });
    case "event":
      return lambda.encodeEvent(event);
    default:
      return event.payload;
  }
}

/** How the Functions host starts a function. */
export async function toInvocation({ event }: Step): Promise<AzureDelivery | undefined> {
  const exact = { dataType: "binary" } as const;
  switch (event.kind) {
    case "queue":
      return one(functions.encodeQueue([event], { queue: "orders", serviceBus: exact }));
    case "topic":
      return one(functions.encodeTopic([event], { topic: "order-placed", serviceBus: exact }));
    case "stream":
      return one(functions.encodeStream([event], { stream: "clicks", eventHub: { cardinality: "many", ...exact } }));
    case "object":
      return one(functions.encodeObject([event], { bucket: "invoices", eventGrid: {} }));
    case "change":
      return one(functions.encodeChange([event], { table: "orders", cosmosDB: {} }));
    case "schedule":
      return one(functions.encodeSchedule([event], { when: "0 3 * * *" }));
    case "event":
      return one(functions.encodeEvent([event], { eventGrid: {} }));
    default:
      return undefined;
  }
}

const one = async (deliveries: Promise<readonly AzureDelivery[]>) => (await deliveries)[0];

/** What Google sends to a function. */
export async function toGoogleRequest({ event }: Step): Promise<Pick<GoogleRequest, "headers" | "body">> {
  switch (event.kind) {
    case "queue":
      return google.encodeQueue(event, { queue: "orders" });
    case "topic":
      return google.encodeTopic(event);
    case "stream":
      return google.encodeStream(event, { stream: "clicks" });
    case "object":
      return google.encodeObject(event);
    case "change":
      return google.encodeChange(event);
    case "schedule":
      return google.encodeSchedule(event, { job: "nightly" });
    case "event":
      return google.encodeEvent(event);
    default:
      return asJson(event.payload);
  }
}

/** What a container gets: a structured CloudEvent, or the JSON of a call. */
export async function toContainerRequest({ event }: Step): Promise<Pick<GoogleRequest, "headers" | "body">> {
  if (event.kind === "invoke") return asJson(event.payload);
  return asJson(await toCloudEvent(event), "application/cloudevents+json");
}

function asJson(value: unknown, type = "application/json"): Pick<GoogleRequest, "headers" | "body"> {
  return { headers: { "content-type": type }, body: new TextEncoder().encode(JSON.stringify(value)) };
}
