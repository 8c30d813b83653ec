/**
 * An event of EventBridge.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export interface EventBridgeEvent {
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account?: string | undefined;
  readonly time?: string | undefined;
  readonly region?: string | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly detail: unknown;
  readonly "replay-name"?: string | undefined;
}

/** Whether an event has the envelope of EventBridge. `version` is left out by some tools. */
export function isEnvelope(event: unknown): event is EventBridgeEvent {
  const { source, "detail-type": type, ...rest } = (event ?? {}) as Partial<EventBridgeEvent>;
  return typeof source === "string" && typeof type === "string" && "detail" in rest && !Array.isArray(event);
}

/** Whether it is the clock's. */
export function isScheduled({ source, "detail-type": type }: EventBridgeEvent): boolean {
  return type === "Scheduled Event" && (source === "aws.events" || source === "aws.scheduler");
}
