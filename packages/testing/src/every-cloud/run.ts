import {
  type AnyFunction,
  HandlerError,
  type HttpReply,
  type NeutralEvent,
  type Sink,
  type Trigger,
} from "@portico/core";
import type { OptionNames } from "@portico/core/adapter";
import { bytes } from "../reply.js";
import type { Observation } from "./observe.js";
import type { Cloud, CloudResult, Fate, HttpResult, InvokeResult, MessageResult } from "./result.js";

/** What the platform saw of one native event. */
export interface Seen {
  readonly nativeEvent: unknown;
  readonly nativeResult?: unknown;
  /** What the handler rejected with. */
  readonly error?: unknown;
  /** Of a message: whether the platform forgets it. */
  readonly acknowledged?: boolean;
  /** Of a message that the platform itself keeps aside: why. */
  readonly setAside?: string | undefined;
  /** Of a message that it does not forget: whether it delivers it again. */
  readonly comesAgain?: boolean;
  /** Of a request. */
  readonly reply?: HttpReply;
  /** Of a call that did not fail. */
  readonly answer?: unknown;
}

/** A function, deployed to one cloud within this process. */
export interface Deployment {
  /**
   * Encodes an event and delivers it.
   *
   * @throws {HandlerError} EVENT_UNENCODABLE when the cloud cannot carry it.
   */
  deliver(event: NeutralEvent): Promise<Seen>;
}

/** The options that a function takes as its second or third parameter, each of which may be left out. */
export type OptionsAt<Index extends 1 | 2, F> = F extends (...given: infer P) => unknown
  ? Loose<NonNullable<P[Index]>>
  : never;
/** The names of the options that the encoder alone takes: the adapter would refuse them. */
export type EncoderNames<Encoder, Adapter> = Omit<OptionNames<Encoder>, keyof OptionNames<Adapter>>;

/** The options of the adapter, among those of both. */
export function toAdapterOptions(options: object, encoderNames: object = {}): object {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !Object.hasOwn(encoderNames, name)));
}

type Loose<T> = T extends unknown ? Partial<T> : never;

/** What the encoder of a kind is called, in every `wrap`; one name stands for all. */
export function encoderName(kind: string): "encodeQueue" {
  return `encode${kind.charAt(0).toUpperCase()}${kind.slice(1)}` as "encodeQueue";
}

/** Deploys a function whose kind is `fn.trigger.kind`. */
export type Deploy = (fn: AnyFunction<Trigger>, options: object, sink: Sink | undefined) => Promise<Deployment>;

/** Delivers one event and puts together what is seen from outside and from inside. */
export async function run(
  cloud: Cloud,
  { deliver }: Deployment,
  event: NeutralEvent,
  observation: Observation,
): Promise<MessageResult | HttpResult | InvokeResult> {
  const seen = await deliver(event).catch(toUnencodable);
  const { received, logs } = observation;
  const { nativeEvent, nativeResult, error } = seen;
  const result: CloudResult = { cloud, nativeEvent, nativeResult, received, logs, error };
  if (event.kind === "http") return { ...result, reply: await toReply(seen) } as HttpResult;
  if (event.kind === "invoke") return { ...result, answer: seen.answer } as InvokeResult;
  const { setAside: reason = seen.setAside, returned: outcome } = observation;
  return { ...result, fate: toFate(seen, reason), reason, outcome } as MessageResult;
}

function toUnencodable(error: unknown): Seen {
  if (HandlerError.is(error) && error.code === "EVENT_UNENCODABLE") return { nativeEvent: undefined, error };
  throw error;
}

function toFate({ nativeEvent, acknowledged, comesAgain }: Seen, reason: string | undefined): Fate {
  if (nativeEvent === undefined) return "unencodable";
  if (acknowledged) return reason === undefined ? "acknowledged" : "set aside";
  return comesAgain ? "comes again" : "lost";
}

/** The reply with its whole body; without one, status 0, as web browsers have it. */
async function toReply({ reply, error }: Seen): Promise<HttpResult["reply"]> {
  if (!reply) return { status: 0, headers: {}, body: new Uint8Array(), error };
  const body = await bytes(reply);
  // Not a Buffer, which is equal to no plain bytes.
  return { ...reply, body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) };
}
