import type { QueueMessage } from "@portico/core";
import { type EncodeQueueOptions, encodeQueue, type GoogleRequest, type Signature } from "@portico/gcp/wrap";
import { type FakeQueueInit, fakeQueue } from "../fake-message.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";
import type { Overrides } from "../native/merge.js";
import { type GoogleEvents, toNative } from "./native.js";

type Message = Faked<QueueMessage, FakeQueueInit>;
type Options<S> = Omit<EncodeQueueOptions, "from" | "signature"> & Seeded & { readonly signature?: S | undefined };

/**
 * A message of a Pub/Sub subscription as a function gets it: the CloudEvent of an event trigger or, by `signature`, the parts of a background
 * function or the push. Or a task of Cloud Tasks, which is always a request: `{ from: "cloud-tasks" }`.
 *
 * @param overrides other values here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when Google cannot carry it, or the framework would not call a function of that signature;
 *   CONFIG_INVALID when it cannot be made.
 * @see https://cloud.google.com/pubsub/docs/push
 * @example
 * await handler(await gcp.queue({ json: { sku: "a" } }));
 */
export async function queue(
  message: Message,
  options: Options<"http"> & { readonly from: "cloud-tasks" },
  overrides?: Overrides<GoogleRequest>,
): Promise<GoogleRequest>;
export async function queue<S extends Signature = "cloudevent">(
  message?: Message,
  options?: Options<S> & { readonly from?: "pubsub" | undefined },
  overrides?: Overrides<GoogleEvents[S]>,
): Promise<GoogleEvents[S]>;
export async function queue(
  message: Message = {},
  options: Options<Signature> & Pick<EncodeQueueOptions, "from"> = {},
  overrides?: Overrides<GoogleEvents[Signature]>,
): Promise<GoogleEvents[Signature]> {
  const signature = options.from === "cloud-tasks" ? "http" : (options.signature ?? "cloudevent");
  const request = await encodeQueue(toEvent(fakeQueue, message, options), { ...options, signature });
  return toNative(request, signature, overrides);
}
