import { HandlerError } from "@portico/core";

/** A handler as its author wrote it, whatever its form. */
export type NativeHandler = (event: never, context: never, callback: never) => unknown;

/**
 * What a handler was deployed as (`FUNCTION_SIGNATURE_TYPE`): `cloudevent` for `(cloudEvent)`, `event` for the background functions of the
 * first generation, `(data, context)`, `http` for `(request, response)`. With one more parameter the first two are in callback style.
 *
 * @see https://github.com/GoogleCloudPlatform/functions-framework-nodejs#configure-the-functions-framework
 */
export type Signature = "cloudevent" | "event" | "http";

/** What the wrappers and encoders of messages and events take. */
export interface NativeOptions {
  /** The form of the handler. Default: `cloudevent`; `http` for Cloud Tasks and for Cloud Scheduler without a topic. */
  readonly signature?: Signature | undefined;
  /** The project in the names of resources that are made. Default: the environment variable `GOOGLE_CLOUD_PROJECT`, else `portico`. */
  readonly projectId?: string | undefined;
}

export function projectOf({ projectId = process.env.GOOGLE_CLOUD_PROJECT }: NativeOptions): string {
  return projectId || "portico";
}

/** @throws {HandlerError} CONFIG_INVALID when what is given is no function, or the signature is none that its source has. */
export function checkNative(
  handler: NativeHandler,
  signature: Signature,
  taken: readonly Signature[] = ["cloudevent", "event", "http"],
): void {
  if (typeof handler !== "function") throw new HandlerError("CONFIG_INVALID", "What is to be wrapped is no function.");
  if (taken.includes(signature)) return;
  throw new HandlerError(
    "CONFIG_INVALID",
    `The signature ${JSON.stringify(signature)} is none that this source calls: ${taken.join(", ")}.`,
  );
}
