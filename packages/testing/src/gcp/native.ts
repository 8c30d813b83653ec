import type { CloudEvent, Request, Response } from "@google-cloud/functions-framework";
import {
  type BackgroundEvent,
  type GoogleRequest,
  type Signature,
  toBackgroundArguments,
  toCloudEventArgument,
} from "@portico/gcp/wrap";
import { merge, type Overrides } from "../native/merge.js";

/** What a function gets, by the signature that it is deployed with. */
export interface GoogleEvents {
  /** `await handler(cloudEvent)`. */
  readonly cloudevent: CloudEvent<unknown>;
  /** `await handler(data, context)`. */
  readonly event: BackgroundEvent;
  /** For `send`, or to be posted to a server. */
  readonly http: GoogleRequest;
}

/** A handler of requests, as it is registered with the functions framework. */
export type GoogleHandler = (request: Request, response: Response) => unknown;

/** What the functions framework makes of a request for a function of this signature. */
export function toNative<S extends Signature>(
  request: GoogleRequest,
  signature: S,
  overrides: Overrides<GoogleEvents[S]> | undefined,
): GoogleEvents[S] {
  // The signature is what tells which form it is.
  return merge(forms[signature](request) as GoogleEvents[S], overrides);
}

const forms: Readonly<Record<Signature, (request: GoogleRequest) => unknown>> = {
  cloudevent: toCloudEventArgument,
  event: toBackgroundArguments,
  http: (request) => request,
};
