import type { CloudEvent } from "@portico/core";
import { asyncInvoke } from "../async-invoke.js";
import { detect } from "../detect.js";
import { isForeign } from "../foreign.js";
import type { Cell } from "../messages.js";
import { toEvent } from "./simple.js";

/** What an event is called that does not say it itself. */
export interface RawEvent {
  /** Default: `aws.lambda.payload`. */
  readonly type?: string | undefined;
  /** Default: the ARN of the function. */
  readonly source?: string | undefined;
}

/** Events without an envelope: rules of IoT, input transformers of EventBridge. The whole of it is the data, and the id is the request's. */
export function createRaw({ type = "aws.lambda.payload", source }: RawEvent, anything: boolean): Cell<CloudEvent> {
  return {
    capabilities: { ...asyncInvoke, kind: "event", source: "IoT and other JSON" },
    matches: anything ? (event) => !isForeign(event) : isUnknown,
    read: (value, { awsRequestId, invokedFunctionArn }, carrier) => {
      const id = carrier?.id ?? awsRequestId;
      const parts = { id, source: source ?? carrier?.source ?? invokedFunctionArn, type, time: carrier?.time };
      return [{ events: [toEvent({ ...parts, data: { kind: "json", value }, native: value })], id, native: value }];
    },
  };
}

/** Whether it is JSON that no source is known to send. */
export function isUnknown(event: unknown): boolean {
  return typeof event === "object" && event !== null && /^(?:unknown |iot-button|iot-1-click)/.test(detect(event));
}
