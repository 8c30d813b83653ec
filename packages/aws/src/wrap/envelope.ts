import { defaultAccount, defaultRegion, type Origin } from "./origin.js";

/**
 * An event of EventBridge, as a Lambda function gets it.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export interface EventBridgeEnvelope<T extends string = string, D = unknown> {
  version: string;
  id: string;
  "detail-type": T;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: D;
  "replay-name"?: string;
}

type Parts<T extends string, D> = Pick<
  EventBridgeEnvelope<T, D>,
  "id" | "detail-type" | "source" | "time" | "resources" | "detail"
>;

/** An envelope of EventBridge. */
export function toEnvelope<T extends string, D>(
  { id, time, resources, detail, source, "detail-type": type }: Parts<T, D>,
  { accountId = defaultAccount, region = defaultRegion }: Origin,
): EventBridgeEnvelope<T, D> {
  return { version: "0", id, "detail-type": type, source, account: accountId, time, region, resources, detail };
}
