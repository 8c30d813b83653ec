import type { FunctionTrigger } from "@azure/functions";
import type { NeutralEvent, Outcome } from "@portico/core";
import type { InvocationContext } from "@portico/core/adapter";
import {
  type HostDelivery,
  type HostValue,
  host,
  lowerKeys,
  toDelivered,
  toTriggerMetadata,
  withMembers,
} from "./host-value.js";

/** One invocation as Azure Functions would start it. */
export interface AzureDelivery<E extends NeutralEvent = NeutralEvent> {
  /** What it carries, in the order of the native batch. */
  readonly events: readonly E[];
  /** The trigger as the handler's context shows it; with the deliveries of encoders. */
  readonly trigger?: FunctionTrigger | undefined;
  /** The handler's first argument, as the worker's library gives it. */
  readonly input: unknown;
  /** `context.triggerMetadata`; undefined for a timer. */
  readonly triggerMetadata: Readonly<Record<string, unknown>> | undefined;
  /** What the host sends to its worker for it; undefined where an SDK binding makes the input. */
  readonly wire: HostDelivery | undefined;
  /** What becomes of each event once the handler has returned or, with `failure`, thrown. */
  outcomes(failure?: { readonly error: unknown }): readonly Outcome[];
}

/** A fact beside a payload. Of several messages the host makes one list per name. */
export type Fact =
  | { readonly text: string | undefined }
  | { readonly json: unknown }
  | { readonly long: bigint | undefined };

/** One event as the host holds it. */
export interface Part<E> {
  readonly event: E;
  readonly input: HostValue | undefined;
  readonly facts: Readonly<Record<string, Fact>>;
  /** What a batch has once. */
  readonly shared: Readonly<Record<string, HostValue>>;
}

/** How the events of one source become invocations. */
export interface Carrier<E extends NeutralEvent> {
  /** The trigger as the handler's context shows it. */
  readonly trigger: FunctionTrigger;
  /** Whether one invocation takes several events. */
  readonly many: boolean;
  /** Events of different groups never share an invocation. */
  group?(event: E): string;
  /** @throws {HandlerError} EVENT_UNENCODABLE when Azure cannot carry it. */
  prepare(event: E, context: InvocationContext | undefined): Promise<Part<E>>;
  /** Several events that share an invocation; `single` where there is no more than one. */
  join(parts: readonly Part<E>[]): AzureDelivery<E>;
}

/** The invocation for a single event. */
export function single<E extends NeutralEvent>([part]: readonly Part<E>[], timer = false): AzureDelivery<E> {
  const { event, input, facts, shared } = part as Part<E>;
  const metadata: Record<string, HostValue> = { ...shared };
  for (const [name, fact] of Object.entries(facts)) {
    const value = toValue(fact);
    if (value) metadata[name] = value;
  }
  const triggerMetadata = input && "string" in input ? withMembers(input.string, metadata) : metadata;
  return finish([event], { input, triggerMetadata }, timer);
}

function toValue(fact: Fact): HostValue | undefined {
  if ("text" in fact) return fact.text === undefined ? undefined : host.text(fact.text);
  if ("json" in fact) return fact.json === undefined || fact.json === null ? undefined : host.json(fact.json);
  // Written with all its digits; whoever parses it rounds.
  return fact.long === undefined ? undefined : { json: String(fact.long) };
}

/**
 * The invocation for a batch: a list per fact. Of texts the host leaves empty entries out unless `keepsEmpty`; a list of other facts is
 * there when every event has them.
 */
export function many<E extends NeutralEvent>(parts: readonly Part<E>[], keepsEmpty = false): AzureDelivery<E> {
  const triggerMetadata: Record<string, HostValue> = { ...parts[0]?.shared };
  for (const name of new Set(parts.flatMap(({ facts }) => Object.keys(facts)))) {
    const list = toList(
      parts.map(({ facts }) => facts[name]),
      keepsEmpty,
    );
    if (list) triggerMetadata[`${name}Array`] = list;
  }
  const inputs = parts.map(({ input }) => input as HostValue);
  const input = inputs.every((value) => "bytes" in value)
    ? host.byteList(inputs.map((value) => (value as { bytes: Uint8Array }).bytes))
    : host.texts(
        compact(
          inputs.map((value) => (value as { string: string }).string),
          keepsEmpty,
        ),
      );
  return finish(
    parts.map(({ event }) => event),
    { input, triggerMetadata },
  );
}

function toList(facts: readonly (Fact | undefined)[], keepsEmpty: boolean): HostValue | undefined {
  const [first] = facts;
  if (first && "text" in first)
    return host.texts(
      compact(
        facts.map((fact) => (fact as { text: string | undefined }).text ?? ""),
        keepsEmpty,
      ),
    );
  if (first && "json" in first) {
    const values = facts.map((fact) => (fact as { json: unknown } | undefined)?.json);
    return values.includes(undefined) ? undefined : host.json(values);
  }
  const longs = facts.map((fact) => (fact as { long: bigint | undefined } | undefined)?.long);
  return longs.includes(undefined) ? undefined : host.longs(longs as bigint[]);
}

function compact(texts: readonly string[], keepsEmpty: boolean): readonly string[] {
  return keepsEmpty ? texts : texts.filter((text) => text !== "");
}

/** The invocation for a list that the host sends as one JSON text. */
export function list<E extends NeutralEvent>(parts: readonly Part<E>[], items: readonly unknown[]): AzureDelivery<E> {
  return finish(
    parts.map(({ event }) => event),
    { input: host.text(JSON.stringify(items)), triggerMetadata: {} },
  );
}

function finish<E extends NeutralEvent>(events: readonly E[], wire: HostDelivery, timer = false): AzureDelivery<E> {
  const input = toDelivered(wire.input);
  return {
    events,
    input: timer ? lowerKeys(input) : input,
    triggerMetadata: timer ? undefined : toTriggerMetadata(wire.triggerMetadata),
    wire,
    outcomes: (failure) =>
      events.map(() => (failure ? { outcome: "retry", error: failure.error } : { outcome: "ack" })),
  };
}

/** The invocations for events, in the order in which their groups begin. */
export async function encodeAll<E extends NeutralEvent>(
  carrier: Carrier<E>,
  events: readonly E[],
): Promise<readonly AzureDelivery<E>[]> {
  const parts: Part<E>[] = [];
  for (const event of events) parts.push(await carrier.prepare(event, undefined));
  return toInvocations(carrier, parts).map((delivery) => ({ ...delivery, trigger: carrier.trigger }));
}

/** Parts that are ready, as the source batches them. */
export function toInvocations<E extends NeutralEvent>(
  carrier: Carrier<E>,
  parts: readonly Part<E>[],
): readonly AzureDelivery<E>[] {
  if (!carrier.many) return parts.map((part) => carrier.join([part]));
  const groups = new Map<string, Part<E>[]>();
  for (const part of parts) {
    const group = carrier.group?.(part.event) ?? "";
    groups.set(group, [...(groups.get(group) ?? []), part]);
  }
  return [...groups.values()].map((group) => carrier.join(group));
}
