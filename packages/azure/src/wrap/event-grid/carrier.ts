import type { FunctionTrigger } from "@azure/functions";
import type { NeutralEvent } from "@portico/core";
import { type Carrier, list, type Part, single } from "../delivery.js";
import { type Fields, fieldsOf } from "../fields.js";
import { host } from "../host-value.js";

/**
 * The schema in which a subscription delivers, under Azure's own names. CloudEvents carry more; Event Grid's own is the default of a
 * subscription, and what `EventGridEvent` of `@azure/functions` stands for.
 *
 * @see https://learn.microsoft.com/azure/event-grid/event-schemas
 */
export type GridSchema = "EventGridSchema" | "CloudEventSchemaV1_0";

/** Options of wrapped Event Grid handlers beside their registration's. */
export interface GridWrapOptions {
  /** What the handler was written for. Default: `EventGridSchema`. */
  readonly schema?: GridSchema | undefined;
}

export const gridFields: Fields = fieldsOf("An event of Event Grid");
const limit = 1024 * 1024;

/** An event of Event Grid's own schema. */
export interface GridDocument {
  readonly id: string;
  readonly topic: string;
  readonly subject: string;
  readonly eventType: string;
  readonly eventTime: string;
  readonly data?: unknown;
  readonly dataVersion: string;
  readonly metadataVersion: string;
}

interface DocumentPart<E> extends Part<E> {
  readonly document: object;
}

/** Events as the Event Grid trigger delivers them: each by itself, or a list with `cardinality: "many"`. */
export function gridCarrier<E extends NeutralEvent>(
  trigger: FunctionTrigger,
  toDocument: (event: E) => Promise<object>,
): Carrier<E> {
  const isMany = trigger.cardinality === "many";
  return {
    trigger,
    many: isMany,
    async prepare(event): Promise<DocumentPart<E>> {
      const document = await toDocument(event);
      const text = JSON.stringify(document);
      gridFields.size(Buffer.from(text), limit);
      return { event, input: host.text(text), facts: {}, shared: {}, document };
    },
    join: (parts) =>
      isMany
        ? list(
            parts,
            parts.map((part) => (part as DocumentPart<E>).document),
          )
        : single(parts),
  };
}

/** Text that an event must have. */
export function demand(field: string, value: string): string {
  const text = gridFields.text(field, value);
  if (text === undefined) throw gridFields.refuse(field, "it is empty");
  return text;
}

/** A time as Event Grid writes it. */
export function toGridTime(time: Date): string {
  gridFields.time(time);
  return time.toISOString();
}
